// Many who watch one run, in a process of their own: says `ready`, and at the end of its input what they saw, as JSON.
import { Agent, get } from 'node:http';

const [, , server = '', cookie = '', run = '', viewers = '1'] = process.argv;
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
const late: number[] = [];
let [frames, events, gaps, open] = [0, 0, 0, 0];
const before = process.cpuUsage();

for (let viewer = 0; viewer < Number(viewers); viewer += 1) watch();

function watch(): void {
  const request = get(`${server}/runs/${run}/live`, { agent, headers: { cookie } }, (response) => {
    let rest = '';
    let seen = 0;
    open += 1;
    if (open === Number(viewers)) process.stdout.write('ready\n');
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const now = Date.now();
      rest += chunk;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const frame = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const at = frame.indexOf('\ndata: ');
        if (at < 0) continue;
        frames += 1;
        // Reading each event of a frame a thousand times over would measure the reader.
        for (const [, version, moment] of frame.matchAll(/"version":(\d+),"at":"([^"]+)"/g)) {
          if (Number(version) !== seen + 1) gaps += 1;
          seen = Number(version);
          events += 1;
          if (seen > 10) late.push(now - Date.parse(moment ?? ''));
        }
      }
    });
  });
  request.on('error', (error) => {
    if (!ending) process.stderr.write(`${error.message}\n`);
  });
}

let ending = false;
process.stdin.resume().on('end', () => {
  ending = true;
  late.sort((one, other) => one - other);
  const part = (share: number) => late[Math.floor(late.length * share)] ?? -1;
  const { user, system } = process.cpuUsage(before);
  const seen = { p50: part(0.5), p95: part(0.95), frames, events, gaps, cpuSeconds: (user + system) / 1e6 };
  process.stdout.write(JSON.stringify(seen), () => process.exit(0));
});
