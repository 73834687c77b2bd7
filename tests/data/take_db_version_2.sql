-- Turns an open take database of the current version into one of version 2, as Starling 0.2.0 wrote it.
DROP TRIGGER number_new_take;
DROP TABLE take_counter;
DROP INDEX takes_in_order;
DROP INDEX takes_of_a_story;
DROP INDEX takes_of_a_part;
ALTER TABLE takes DROP COLUMN sequence;
ALTER TABLE takes DROP COLUMN started_ms;
ALTER TABLE takes DROP COLUMN utc_offset_s;
ALTER TABLE takes DROP COLUMN zone;
CREATE INDEX takes_of_a_story ON takes (story, id);
CREATE INDEX takes_of_a_part ON takes (part, id);
PRAGMA user_version = 2;
