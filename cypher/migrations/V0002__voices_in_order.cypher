// Voices in the order in which they came, for who watches them.
CREATE INDEX voice_no IF NOT EXISTS FOR ()-[v:VOICED]-() ON (v.realm, v.voice_no);
