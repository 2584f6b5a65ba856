// Voices by who answered them, so that erasing a member need not look at every voice.
CREATE INDEX voice_answered_by IF NOT EXISTS FOR ()-[v:VOICED]-() ON (v.realm, v.answered_by);
