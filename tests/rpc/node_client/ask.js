// Asks a service from Node, with code generated from the protos: `node ask.js HOST:PORT`. Prints one JSON object.
import { create, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import grpc from "@grpc/grpc-js";
import { BadRequestSchema, ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "./gen/google/rpc/status_pb.js";
import { MemberService } from "./gen/sixhop/v1/member_pb.js";
import { RecommendationService } from "./gen/sixhop/v1/recommendation_pb.js";

const WITHIN_MS = 5000;

// A gRPC client of a generated service.
function clientOf(service, address) {
  const definition = {};
  for (const method of service.methods) {
    definition[method.name] = {
      path: `/${service.typeName}/${method.name}`,
      requestStream: ["client_streaming", "bidi_streaming"].includes(method.methodKind),
      responseStream: ["server_streaming", "bidi_streaming"].includes(method.methodKind),
      requestSerialize: (request) => Buffer.from(toBinary(method.input, request)),
      requestDeserialize: (bytes) => fromBinary(method.input, bytes),
      responseSerialize: (response) => Buffer.from(toBinary(method.output, response)),
      responseDeserialize: (bytes) => fromBinary(method.output, bytes),
    };
  }
  const Client = grpc.makeGenericClientConstructor(definition, service.name);
  return new Client(address, grpc.credentials.createInsecure());
}

function ask(client, service, name, fields) {
  const method = service.methods.find((each) => each.name === name);
  return new Promise((resolve, reject) => {
    const deadline = new Date(Date.now() + WITHIN_MS);
    client[name](create(method.input, fields), { deadline }, (error, response) =>
      error ? reject(error) : resolve(toJson(method.output, response)),
    );
  });
}

// The details of an error: its reason and which fields are wrong.
function detailsOf(error) {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  const details = fromBinary(StatusSchema, packed).details;
  const unpack = (schema) => {
    const found = details.find((each) => each.typeUrl.endsWith(schema.typeName));
    return found ? fromBinary(schema, found.value) : undefined;
  };
  return {
    code: grpc.status[error.code],
    reason: unpack(ErrorInfoSchema)?.reason,
    violations: unpack(BadRequestSchema)?.fieldViolations.map((each) => each.field),
  };
}

const recommendations = clientOf(RecommendationService, process.argv[2]);
const members = clientOf(MemberService, process.argv[2]);
const targets = await ask(recommendations, RecommendationService, "RecommendTargets", { senderId: "s", offeringId: "o", limit: 3 });
const degrees = await ask(members, MemberService, "GetDegrees", { memberId: "s", targetIds: ["a", "h"] });
const refused = await ask(recommendations, RecommendationService, "RecommendTargets", { offeringId: "o", limit: 0 }).catch(detailsOf);
console.log(JSON.stringify({ targets, degrees, refused }));
recommendations.close();
members.close();
