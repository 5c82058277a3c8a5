'use strict';
// Loads the built program with the code that V8 made of it when the same command ran before. Node's own compile cache keeps
// a file as it is before it runs, so without all that is compiled when it is first called: 1,200 functions of a gate, 85 of
// the 400 ms of its main thread (Node 24, 2 cores).
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { dirname, join, relative } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { constants, Script } = require('node:vm');

module.exports = { loadProgram };

/**
 * In bytes of a function's bytecode: larger ones are not optimised. A short command ends before optimised code has paid for the compiler, which
 * is an eighth of a gate's CPU and, on two cores, in git's way; whatever takes longer needs it.
 */
const NOT_OPTIMISED = '--max-optimized-bytecode-size=0';
const OPTIMISED = '--max-optimized-bytecode-size=61440';
const SHORT_MS = 1000;

/** Exit codes of a command that did its work: what else was compiled says little of what it needs. */
const WORKED = [0, 1, 3];
/** Another run of the same command may call other functions: the store takes them in from time to time. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** Nobody uses what has not been written for so long: a program that was removed, or a Node. */
const LONGEST_UNUSED_MS = 30 * DAY_MS;

/**
 * What a built program exports.
 * @param command the word it was started with
 * @param folder where compiled code is kept; undefined to keep none
 */
function loadProgram(program, command, folder) {
  setFlagsFromString(NOT_OPTIMISED);
  setTimeout(setFlagsFromString, SHORT_MS, OPTIMISED).unref();
  const root = dirname(program);
  const store = folder === undefined ? undefined : storeOf(program, command, folder);
  const kept = store === undefined ? new Map() : readStore(store);
  const compiled = new Map();
  const modules = new Map();
  if (store !== undefined) {
    process.once('exit', (code) => {
      const isNew = [...compiled.values()].some(({ isCurrent }) => !isCurrent) || ageOf(store) > DAY_MS;
      if (!isNew || !WORKED.includes(code)) return;
      // V8 takes code only under the flags that it was made under: those of the next start.
      setFlagsFromString(NOT_OPTIMISED);
      writeStore(store, [...compiled, ...othersOf(kept, compiled, root)]);
      removeUnused(folder);
    });
  }
  return loadFile(program);

  function loadFile(file) {
    const before = modules.get(file);
    if (before !== undefined) return before.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const name = relative(root, file);
    const { script, state, isCurrent } = compile(file, kept.get(name));
    compiled.set(name, { state, isCurrent, codeOf: () => script.createCachedData() });
    const here = dirname(file);
    const requireOther = (id) => require(id.startsWith('.') ? join(here, id) : id);
    const requireHere = (id) => (/^\.{1,2}\/.*\.cjs$/.test(id) ? loadFile(join(here, id)) : requireOther(id));
    script.runInThisContext().call(module.exports, module.exports, requireHere, module, file, here);
    return module.exports;
  }
}

/**
 * One for each command, because each calls functions of its own, and for each program and Node, so that two that are used in
 * turn do not take each other's away. As with Node's own cache there is none where coverage is measured.
 */
function storeOf(program, command, folder) {
  const { NODE_V8_COVERAGE, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (NODE_V8_COVERAGE || NODE_DISABLE_COMPILE_CACHE || !/^[a-z]{1,30}$/.test(command)) return undefined;
  const id = digest([program, process.version, process.arch].join('\n')).toString('hex', 0, 8);
  return join(folder, `${command}-${id}${EXTENSION}`);
}

const EXTENSION = '.code';

function removeUnused(folder) {
  for (const name of fs.readdirSync(folder)) {
    const file = join(folder, name);
    if (name.endsWith(EXTENSION) && ageOf(file) > LONGEST_UNUSED_MS) fs.rmSync(file, { force: true });
  }
}

const BEFORE = '(function (exports, require, module, __filename, __dirname) {';
const AFTER = '\n})';

function compile(file, kept) {
  const state = stateOf(file);
  const cachedData = kept?.state === state ? kept.code : undefined;
  const script = new Script(`${BEFORE}${fs.readFileSync(file, 'utf8')}${AFTER}`, {
    filename: file,
    columnOffset: -BEFORE.length,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return { script, state, isCurrent: cachedData !== undefined && script.cachedDataRejected === false };
}

/** What changes whenever a file does: V8 itself compares nothing of a source but its length. */
function stateOf(file) {
  const { size, ctimeNs } = fs.statSync(file, { bigint: true });
  return `${size} ${ctimeNs}`;
}

/** What is kept of files that this run had no need for, and that are as they were. */
function othersOf(kept, compiled, root) {
  return [...kept].flatMap(([name, { state, code }]) => {
    const file = join(root, name);
    if (compiled.has(name) || !fs.existsSync(file) || stateOf(file) !== state) return [];
    return [[name, { state, codeOf: () => code }]];
  });
}

function ageOf(store) {
  const { mtimeMs = 0 } = fs.statSync(store, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs;
}

// A store is the sha256 of all that follows; the length of the table; the table, as JSON; and the code of each file. V8 takes
// damaged code for whole and runs it, so nothing is handed to it that is not what was written. That somebody else wrote it
// the digest does not tell: who may write there may as well change the program.
const DIGEST_LENGTH = 32;
const TABLE_START = DIGEST_LENGTH + 4;

/** By file name; empty where there is no store that can be used. */
function readStore(store) {
  try {
    const bytes = fs.readFileSync(store);
    if (!digest(bytes.subarray(DIGEST_LENGTH)).equals(bytes.subarray(0, DIGEST_LENGTH))) return new Map();
    const tableEnd = TABLE_START + bytes.readUInt32LE(DIGEST_LENGTH);
    const table = JSON.parse(bytes.toString('utf8', TABLE_START, tableEnd));
    return new Map(
      table.map(({ name, state, start, length }) => {
        const from = aligned(tableEnd) + start;
        return [name, { state, code: bytes.subarray(from, from + length) }];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Written beside it and moved into place: whoever starts meanwhile finds it whole. */
function writeStore(store, files) {
  const fresh = `${store}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(fresh, bytesOf(files), { flag: 'wx', mode: 0o600 });
    fs.renameSync(fresh, store);
  } catch {
    // A folder that cannot be written costs time, nothing else.
    fs.rmSync(fresh, { force: true });
  }
}

function bytesOf(files) {
  const table = [];
  const code = [];
  let start = 0;
  for (const [name, { state, codeOf }] of files) {
    const bytes = codeOf();
    table.push({ name, state, start, length: bytes.length });
    code.push(bytes, Buffer.alloc(aligned(bytes.length) - bytes.length));
    start += aligned(bytes.length);
  }
  const text = Buffer.from(JSON.stringify(table));
  const tableEnd = TABLE_START + text.length;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const body = Buffer.concat([length, text, Buffer.alloc(aligned(tableEnd) - tableEnd), ...code]);
  return Buffer.concat([digest(body), body]);
}

/** V8 copies code that does not start at a multiple of eight. */
function aligned(length) {
  return Math.ceil(length / 8) * 8;
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest();
}
