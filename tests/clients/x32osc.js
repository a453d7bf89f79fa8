// x32-osc (npm) driven from a test: a line of JSON on stdin is an order, a line that begins with ">" the answer.
//
//     node x32osc.js FOLDER_OF_NODE_MODULES HOST
//
// The library itself is used as it is.  It is only made not to dawdle: it waits 10 to 70 ms after everything it
// sends in its check of itself, which would take an hour; here these waits end as soon as nothing else is to do.

const path = require('path');
const wait = setTimeout;
global.setTimeout = (call, ms, ...rest) => (ms < 1000 ? setImmediate(call, ...rest) : wait(call, ms, ...rest));

const { X32 } = require(path.join(process.argv[2], 'x32-osc'));
const answer = (value) => process.stdout.write(`>${JSON.stringify(value)}\n`);
const x32 = new X32(process.argv[3], 50);
const errors = [];
const meters = {};
let wanted = () => {};

console.log = () => {}; // its check tells of every leaf
x32.on('error', (error) => errors.push(error.message));
x32.on('meter', (data) => { meters[data.number] = data.meters; wanted(); });
x32.on('ready', () => answer({ model: x32.model, firmware: x32.firmwareVersion, server: x32.serverVersion }));
x32.on('closed', () => process.exit(0));

const at = (parts) => parts.reduce((node, part) => node[part], x32.OSC);

const orders = {
  tree: () => JSON.parse(JSON.stringify(x32.OSC)),
  read: ({ parts }) => at(parts),
  set: ({ parts, value }) => { at(parts.slice(0, -1))[parts[parts.length - 1]] = value; return true; },
  scene: ({ text }) => x32.getDiff(X32.x32FromText(text)),
  meters: ({ list }) => new Promise((done) => {
    for (const number in meters) delete meters[number];
    wanted = () => { if (Object.keys(meters).length === list.length) done({ ...meters }); };
    x32.meterSubscriptions = list;
  }),
  check: () => x32.testX32NodeStructure(),
  refresh: () => new Promise((done) => { x32.once('info', () => done(true)); x32.refreshState(); }),
  errors: () => errors.splice(0),
  close: () => { x32.close(); return true; },
};

require('readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const order = JSON.parse(line);
  answer(await orders[order.do](order));
});
