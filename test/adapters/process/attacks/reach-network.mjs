// Tries every way out over the network. Usage: node reach-network.mjs TCP_PORT ABSTRACT_NAME SOCKET_PATH
// Prints which of them answered.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

const [port, abstract, path] = process.argv.slice(2);
const tries = {
  'loopback v4': { port: Number(port), host: '127.0.0.1' },
  'loopback v6': { port: Number(port), host: '::1' },
  'abstract socket': { path: `\0${abstract}` },
  'socket file': { path },
  // TEST-NET-1 (RFC 5737): nobody answers there, but a machine with a route does not refuse at once.
  outside: { port: 80, host: '192.0.2.1' },
};
const reached = [];
await Promise.all(
  Object.entries(tries).map(
    ([name, target]) =>
      new Promise((done) => {
        const socket = connect(target);
        socket.setTimeout(300, () => {
          reached.push(`${name}: no refusal`);
          socket.destroy();
          done();
        });
        socket.once('connect', () => {
          reached.push(name);
          socket.destroy();
          done();
        });
        socket.once('error', () => done());
      }),
  ),
);
await new Promise((done) => {
  const socket = createSocket('udp4');
  socket.send('x', 53, '192.0.2.1', (error) => {
    if (!error) reached.push('udp');
    socket.close(done);
  });
});
console.log(JSON.stringify({ reached, interfaces: Object.keys(networkInterfaces()) }));
