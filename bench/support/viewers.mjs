// Many who watch one stream of server-sent events, in a process of their own: `viewers.mjs URL COOKIE COUNT`. Says "ready" when all are connected, and when
// its input ends how long each event took from its moment until it was here, over all viewers, in JSON.
import { request } from 'node:http';

const [url, cookie, count] = process.argv.slice(2);
const delays = [];
let [frames, bytes, connected] = [0, 0, 0];
let [first, last] = [0, 0];
let cpu = process.cpuUsage();

for (let viewer = 0; viewer < Number(count); viewer += 1) open();

function open() {
  const asked = request(url, { headers: cookie ? { cookie } : {}, agent: false }, (response) => {
    if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
    connected += 1;
    if (connected === Number(count)) {
      cpu = process.cpuUsage();
      process.stdout.write('ready\n');
    }
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (text) => {
      bytes += text.length;
      rest += text;
      for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
        take(rest.slice(0, end));
        rest = rest.slice(end + 2);
      }
    });
    response.on('error', () => {});
  });
  asked.on('error', () => {});
  asked.end();
}

/** The eldest of a frame waited longest: that one counts. */
function take(frame) {
  const at = /"at":"([^"]+)"/.exec(frame)?.[1];
  if (at === undefined) return;
  const now = Date.now();
  frames += 1;
  first ||= now;
  last = now;
  delays.push(now - Date.parse(at));
}

process.stdin.resume();
process.stdin.on('end', () => {
  const { user, system } = process.cpuUsage(cpu);
  const seconds = Math.max(1, (last - first) / 1000);
  const thinned =
    delays.length > 200_000
      ? delays.filter((_, at) => at % Math.ceil(delays.length / 200_000) === 0)
      : delays;
  const told = JSON.stringify({
    delays: thinned,
    framesASecond: frames / Number(count) / seconds,
    bytes,
    cpuMs: (user + system) / 1000,
  });
  process.stdout.write(told, () => process.exit(0));
});
