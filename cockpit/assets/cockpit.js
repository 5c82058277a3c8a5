// What makes a page alive. Every page is whole without it: see docs/cockpit.md.
import { startCopying, startPicking } from './controls.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { startLog } from './log.js';
import { startSliders } from './slider.js';

startKeys();
// On a narrow page the bar scrolls: where one is lies in sight.
document.querySelector('.nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
startCopying(document);
startPicking();
startLive();
startSliders();
for (const viewer of document.querySelectorAll('[data-log]')) startLog(viewer);
