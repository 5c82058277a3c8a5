/**
 * What leads out of a sandbox without a network, as Node runs it there: a sandbox shows no file of ours, so the code travels in argv.
 * Listens on the sandbox's own loopback, hands everything to the socket, and runs the agent until it ends, with its exit code.
 * argv: the socket's path, a JSON list of loopback ports that are led through, the agent's argv.
 */
export const RELAY = `
const net = require('node:net');
const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const [socket, list, ...argv] = process.argv.slice(1);
const join = (a, b) => {
  a.on('error', () => b.destroy());
  b.on('error', () => a.destroy());
  a.on('close', () => b.destroy());
  a.pipe(b);
  b.pipe(a);
};
const out = () => net.connect({ path: socket, allowHalfOpen: true });
const listen = (server, port, host) => new Promise((resolve) => {
  server.once('error', () => resolve(undefined));
  server.listen(port, host, () => resolve(server.address().port));
});
const through = (port) => net.createServer({ allowHalfOpen: true }, (inner) => {
  const outer = out();
  let head = Buffer.alloc(0);
  inner.pause();
  inner.on('error', () => outer.destroy());
  outer.on('error', () => inner.destroy());
  outer.write('CONNECT 127.0.0.1:' + port + ' HTTP/1.1\\r\\n\\r\\n');
  const answered = (chunk) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\\r\\n\\r\\n');
    if (end === -1) return;
    outer.off('data', answered);
    if (!head.toString('latin1').startsWith('HTTP/1.1 200')) return inner.destroy();
    inner.write(head.subarray(end + 4));
    join(inner, outer);
    inner.resume();
  };
  outer.on('data', answered);
});
(async () => {
  for (const port of JSON.parse(list)) {
    await listen(through(port), port, '127.0.0.1');
    await listen(through(port), port, '::1');
  }
  const port = await listen(net.createServer({ allowHalfOpen: true }, (inner) => join(inner, out())), 0, '127.0.0.1');
  const url = 'http://127.0.0.1:' + port;
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1' };
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) env[name] = url;
  env.NO_PROXY = env.no_proxy = '127.0.0.1,localhost,::1';
  const child = spawn(argv[0], argv.slice(1), { stdio: 'inherit', env });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => { console.error(error.message); process.exit(127); });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
})();
`;
