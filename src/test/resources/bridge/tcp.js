// A client of the TCP bridge: node tcp.js <port> <key> <address> <address of another>
// Prints what it is told, a JSON object a line.
const net = require('node:net');
const [port, key, own, other] = process.argv.slice(2);
const print = (line) => console.log(JSON.stringify(line));
const headers = {'X-API-Key': key};
let last;

function connect() {
  const socket = net.connect(Number(port), '127.0.0.1');
  const say = (frame) => {
    const text = Buffer.from(JSON.stringify(frame));
    const head = Buffer.alloc(4);
    head.writeInt32BE(text.length);
    socket.write(Buffer.concat([head, text]));
  };
  let received = Buffer.alloc(0);
  socket.on('connect', () => {
    say({type: 'ping'});
    say({type: 'register', address: own, headers: {...headers, ...(last && {after: last})}});
    say({type: 'register', address: other, headers});
    say({type: 'send', address: 'curfew.events.committed', replyAddress: 'reply', headers, body: {}});
    say({type: 'publish', address: 'curfew.events.committed', headers, body: {}});
  });
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE()) {
      const end = 4 + received.readInt32BE();
      heard(JSON.parse(received.subarray(4, end).toString()));
      received = received.subarray(end);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    print({closed: true});
    setTimeout(connect, 200);
  });
}

function heard(frame) {
  if (frame.type === 'message') {
    last = frame.body.id;
    print({told: frame.body});
  } else if (frame.type === 'err' && frame.address === 'reply') {
    print({unsendable: true, failureCode: frame.failureCode});
  } else if (frame.type === 'err' && frame.address) {
    print({refused: frame.address, failureCode: frame.failureCode});
  } else if (frame.type === 'err') {
    print({onerror: frame.message});
  } else {
    print({[frame.type]: true});
  }
}

connect();
