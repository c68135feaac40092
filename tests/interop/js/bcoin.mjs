// bcoin as a full node of its own: it syncs from our node, mines blocks that our node takes, and passes transactions on.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { fund, mine } from './funds.mjs';
import { eventually, rpc, test } from './harness.mjs';

// Without its native modules: what npm installs is not compiled here.
process.env.NODE_BACKEND = 'js';
const require = createRequire(import.meta.url);
const bcoin = require('bcoin');
const { bech32 } = createRequire(require.resolve('bcoin'))('bstring');
const SEGWIT_HEIGHT = 432;
const SIGNALLED_UNTIL = 288;
const FEE = 10_000;

bcoin.set('regtest');
const key = (name) => bcoin.KeyRing.fromPrivate(createHash('sha256').update(name).digest(), true);
const alice = key('alice');
const witness = key('witness');
witness.witness = true;

// bcoin has prefixes of its own for the addresses of regtest: these are Bitcoin Core's.
const base58Address = alice.getAddress().toBase58('testnet');
const bech32Address = bech32.encode('bcrt', 0, witness.getHash());

const coins = await fund([...Array(3).fill(base58Address), ...Array(2).fill(bech32Address)]);
const node = new bcoin.FullNode({
  network: 'regtest',
  memory: true,
  only: [`127.0.0.1:${process.env.INTEROP_P2P_PORT}`],
  listen: false,
  'http-port': await freePort(),
  'no-auth': true,
});
const errors = [];
node.on('error', (error) => errors.push(error));
await node.open();
await node.connect();
node.startSync();

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const tipOfBcoin = () => node.chain.tip.rhash();
const sameTip = async () => tipOfBcoin() === await rpc('getbestblockhash');

/** A transaction that pays the first output of another to a key, signed by bcoin. */
function spend(ring, { hex, value }, to) {
  const mtx = new bcoin.MTX();
  mtx.addTX(bcoin.TX.fromRaw(hex, 'hex'), 0);
  mtx.addOutput(to.getAddress(), Number(value) - FEE);
  assert.equal(mtx.sign(ring), 1);
  assert.ok(mtx.verify());
  return mtx.toTX();
}

async function mineWithBcoin(ring) {
  const block = await node.miner.mineBlock(null, ring.getAddress());
  assert.ok(await node.chain.add(block));
  await eventually('the node has the block of bcoin', sameTip);
  return block;
}

await test('bcoin: says hello', async () => {
  await eventually('the two have shaken hands', async () => (await rpc('getpeerinfo')).some((peer) => peer.version > 0));
  const [peer] = await rpc('getpeerinfo');
  assert.match(peer.subver, /bcoin/);
  assert.equal(peer.inbound, true);
});

await test('bcoin: syncs the chain', async () => {
  await eventually('bcoin has the chain', sameTip);
  assert.equal(node.chain.height, await rpc('getblockcount'));
});

await test('bcoin: hears of new blocks', async () => {
  for (let i = 0; i < 3; i++) {
    await mine();
    await eventually('bcoin has the new block', sameTip);
  }
});

await test('bcoin: its transaction reaches the pool and is mined', async () => {
  const tx = spend(alice, coins[0], alice);
  await node.sendTX(tx);
  await eventually('the transaction is in the pool', async () => (await rpc('getrawmempool')).includes(tx.txid()));
  const block = await mine();
  assert.deepEqual([block.tx[1].txid, block.tx[1].hex], [tx.txid(), tx.toRaw().toString('hex')]);
  await eventually('bcoin has the block', sameTip);
  assert.equal(node.mempool.map.size, 0);
});

await test('bcoin: is told of the node\'s transactions', async () => {
  const tx = spend(alice, coins[1], alice);
  assert.equal(await rpc('sendrawtransaction', tx.toRaw().toString('hex')), tx.txid());
  await eventually('bcoin has the transaction', () => node.mempool.has(tx.hash('hex')));
  await mine();
  await eventually('bcoin has the block', sameTip);
});

await test('bcoin: the node takes its blocks', async () => {
  const tx = spend(alice, coins[2], alice);
  await node.sendTX(tx);
  await eventually('the transaction is in the pool', async () => (await rpc('getrawmempool')).includes(tx.txid()));
  const block = await mineWithBcoin(alice);
  assert.deepEqual(block.txs.slice(1).map((one) => one.txid()), [tx.txid()]);
  assert.deepEqual(await rpc('getrawmempool'), []);
});

await test('bcoin: follows the node to a longer branch', async () => {
  const fork = node.chain.height;
  await mine(2);
  await eventually('bcoin has the first branch', sameTip);
  await rpc('invalidateblock', await rpc('getblockhash', fork + 1));
  await rpc('generatetoaddress', 3, base58Address);
  await eventually('bcoin has the longer branch', sameTip);
  assert.equal(node.chain.height, fork + 3);
});

await test('bcoin: its blocks signal segwit, and both let it begin', async () => {
  while (node.chain.height < SIGNALLED_UNTIL) await mineWithBcoin(alice);
  await mine(SEGWIT_HEIGHT - node.chain.height);
  await eventually('bcoin has the chain', sameTip);
  assert.ok((await node.chain.getDeployments(node.network.now(), node.chain.tip)).hasWitness());
});

await test('bcoin: blocks with witnesses go both ways', async () => {
  const first = spend(witness, coins[3], witness);
  await node.sendTX(first);
  await eventually('the transaction is in the pool', async () => (await rpc('getrawmempool')).includes(first.txid()));
  const block = await mine();
  assert.equal(block.tx[1].hex, first.toRaw().toString('hex'));
  await eventually('bcoin has the node\'s block', sameTip);
  const second = spend(witness, coins[4], witness);
  await rpc('sendrawtransaction', second.toRaw().toString('hex'));
  await eventually('bcoin has the transaction', () => node.mempool.has(second.hash('hex')));
  const theirs = await mineWithBcoin(witness);
  assert.deepEqual(theirs.txs.slice(1).map((one) => one.witnessHash('hex')), [second.witnessHash('hex')]);
});

await test('bcoin: saw no error', () => assert.deepEqual(errors.map((error) => error.message), []));
await node.close();
process.exit(0);
