// The whole schema: a uniqueness constraint for every (realm, id), and the few indexes that range queries need.
// Community edition has no node-key constraints; composite uniqueness serves, and every write sets realm and id.
CREATE CONSTRAINT realm_key IF NOT EXISTS FOR (n:Realm) REQUIRE n.realm IS UNIQUE;
CREATE CONSTRAINT member_key IF NOT EXISTS FOR (n:Member) REQUIRE (n.realm, n.member_id) IS UNIQUE;
CREATE CONSTRAINT enterprise_key IF NOT EXISTS FOR (n:Enterprise) REQUIRE (n.realm, n.enterprise_id) IS UNIQUE;
CREATE CONSTRAINT alliance_key IF NOT EXISTS FOR (n:Alliance) REQUIRE (n.realm, n.alliance_id) IS UNIQUE;
CREATE CONSTRAINT community_key IF NOT EXISTS FOR (n:Community) REQUIRE (n.realm, n.community_id) IS UNIQUE;
CREATE CONSTRAINT offering_key IF NOT EXISTS FOR (n:Offering) REQUIRE (n.realm, n.offering_id) IS UNIQUE;
CREATE CONSTRAINT campaign_key IF NOT EXISTS FOR (n:Campaign) REQUIRE (n.realm, n.campaign_id) IS UNIQUE;
CREATE CONSTRAINT variant_key IF NOT EXISTS FOR (n:Variant) REQUIRE (n.realm, n.variant_id) IS UNIQUE;
CREATE CONSTRAINT outreach_key IF NOT EXISTS FOR (n:Outreach) REQUIRE (n.realm, n.outreach_id) IS UNIQUE;
CREATE CONSTRAINT event_key IF NOT EXISTS FOR (n:Event) REQUIRE (n.realm, n.event_id) IS UNIQUE;
CREATE CONSTRAINT erased_key IF NOT EXISTS FOR (n:Erased) REQUIRE (n.realm, n.member_hash) IS UNIQUE;
CREATE INDEX member_no IF NOT EXISTS FOR (n:Member) ON (n.realm, n.member_no);
CREATE INDEX event_applied IF NOT EXISTS FOR (n:Event) ON (n.realm, n.applied_at);
CREATE INDEX outreach_at IF NOT EXISTS FOR (n:Outreach) ON (n.realm, n.at);
CREATE INDEX voice_at IF NOT EXISTS FOR ()-[r:VOICED]-() ON (r.at);
