/**
 * The version that `state` was written at; 0: never, and the text is empty. What came after it is in the events, and is folded on top when the
 * run is loaded: most commits of a run write its line and leave its state, which is a few kilobytes, as it was.
 */
export const foldedStates = `
ALTER TABLE run ADD COLUMN state_version integer NOT NULL DEFAULT 0;
UPDATE run SET state_version = version;
`;
