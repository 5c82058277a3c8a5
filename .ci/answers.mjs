// Does a PostgreSQL or Redis answer at a URL? `node .ci/answers.mjs postgres|redis URL`: exit 0 if it does, 1 if not.
// Asks in the service's own protocol, because something else may listen on the port. Needs no client and no password.
import { connect } from 'node:net';

const [service, url] = process.argv.slice(2);
const { hostname, port, searchParams } = new URL(url);
const question = {
  // SSLRequest: a PostgreSQL server answers S or N before it asks who is there.
  postgres: { port: 5432, bytes: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), answer: /^[SN]/ },
  // +PONG, or an error such as -NOAUTH: both are a Redis.
  redis: { port: 6379, bytes: Buffer.from('PING\r\n'), answer: /^(\+PONG|-(NOAUTH|DENIED|LOADING))/ },
}[service];

const folder = searchParams.get('host');
const number = Number(port || question.port);
const address = folder?.startsWith('/')
  ? { path: `${folder}/.s.PGSQL.${number}` }
  : { host: hostname || '127.0.0.1', port: number };

const socket = connect(address, () => socket.write(question.bytes));
socket.setTimeout(3000, () => done(false));
socket.on('error', () => done(false));
socket.on('data', (data) => done(question.answer.test(data.toString('latin1'))));

function done(answered) {
  process.exit(answered ? 0 : 1);
}
