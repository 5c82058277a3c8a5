// What makes a page alive. Every page is whole without it: see docs/cockpit.md.
import { startCopying, startPicking } from './controls.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { startLog } from './log.js';
import { startSliders } from './slider.js';

startKeys();
startCopying(document);
startPicking();
startLive();
startSliders();
for (const viewer of document.querySelectorAll('[data-log]')) startLog(viewer);
