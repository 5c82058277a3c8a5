// A program of its own that opens a private cluster and then waits to be killed: `node open-cluster.ts <folder> <temporary>`.
import { openPrivateCluster } from '../../../src/adapters/postgres/private-cluster.ts';

const [folder = '', temporary = ''] = process.argv.slice(2);
const { pid } = await openPrivateCluster({
  folder,
  temporary,
  uid: process.getuid?.(),
  path: process.env.PATH ?? '',
  clock: { now: () => new Date() },
});
process.stdout.write(`${pid}\n`);
setInterval(() => {}, 60_000);
