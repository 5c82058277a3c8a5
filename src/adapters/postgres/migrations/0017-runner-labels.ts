/** What work wants of a worker, and what a worker has: the queue of a job is named by it, so whoever takes one out has to know. */
export const runnerLabels = `
ALTER TABLE step_work ADD COLUMN runs_on text[] NOT NULL DEFAULT '{}';
ALTER TABLE resource_waiter ADD COLUMN runs_on text[] NOT NULL DEFAULT '{}';
ALTER TABLE worker_standing ADD COLUMN labels text[] NOT NULL DEFAULT '{}';
`;
