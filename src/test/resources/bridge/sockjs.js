// A browser's client as it comes: node sockjs.js <module> <url> <key> <address> <address of another>
// Prints what it is told, a JSON object a line.
const [module_, url, key, own, other] = process.argv.slice(2);
const EventBus = require(module_);
const print = (line) => console.log(JSON.stringify(line));

const bus = new EventBus(url, {vertxbus_reconnect_delay_min: 200, vertxbus_randomization_factor: 0.1});
bus.enableReconnect(true);
let last;
bus.onerror = (err) => print({onerror: err.body});
bus.onclose = (close) => print({closed: close.code});
bus.onopen = () => {
  const credential = () => ({Authorization: `Bearer ${key}`});
  bus.registerHandler(own, {...credential(), ...(last && {after: last})}, (err, message) => {
    if (err) {
      print({refused: own, ...err});
    } else {
      last = message.body.id;
      print({told: message.body});
    }
  });
  bus.registerHandler(other, credential(), (err) => print({refused: other, ...err}));
  bus.send('curfew.events.committed', {}, credential(), (err) => print({unsendable: true, ...err}));
  bus.publish('curfew.events.committed', {}, credential());
};
