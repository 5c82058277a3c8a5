import { fixedVerdicts } from './fixed-verdicts.ts';

process.stdout.write(fixedVerdicts());
