-- What was typed and copied in recordings, in a form that can be searched.

ALTER TABLE realm ADD COLUMN recording_search boolean NOT NULL DEFAULT true;

-- When the text of an ended recording was taken into recording_text; null: not yet, or the realm
-- does not want it.
ALTER TABLE recording ADD COLUMN text_indexed_at timestamptz;
CREATE INDEX recording_to_index ON recording (ended_at)
  WHERE text_indexed_at IS NULL AND stage <> 1;

-- A line of input, or a piece of what was copied. Punctuation divides words, so that a part of a
-- path, an address or an identifier is found by itself.
CREATE TABLE recording_text (
  session_id uuid NOT NULL,
  position   integer NOT NULL,
  -- as chunk.kind: 2 keystrokes, 3 clipboard
  kind       smallint NOT NULL,
  at         timestamptz NOT NULL,
  -- From the video's first frame.
  offset_ms  bigint NOT NULL,
  content    text NOT NULL,
  words      tsvector NOT NULL GENERATED ALWAYS AS (
    to_tsvector('simple', regexp_replace(content, '[^[:alnum:]]+', ' ', 'g'))) STORED,
  PRIMARY KEY (session_id, position)
);

CREATE INDEX recording_text_words ON recording_text USING gin (words);
