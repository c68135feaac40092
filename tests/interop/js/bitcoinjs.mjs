// bitcoinjs-lib builds and signs one spend of each kind; the node takes it into its pool and mines it.
import assert from 'node:assert/strict';
import * as bitcoin from 'bitcoinjs-lib';
import { ECPairFactory } from 'ecpair';
import * as ecc from 'tiny-secp256k1';
import { fund, mine } from './funds.mjs';
import { rpc, test } from './harness.mjs';

bitcoin.initEccLib(ecc);
const ECPair = ECPairFactory(ecc);
const network = bitcoin.networks.regtest;
const FEE = 10_000n;

const key = (name) => ECPair.fromPrivateKey(bitcoin.crypto.sha256(Buffer.from(name)), { network });
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(key);
const internalPubkey = alice.publicKey.subarray(1);

const p2pkh = bitcoin.payments.p2pkh({ pubkey: alice.publicKey, network });
const multisig = bitcoin.payments.p2sh({
  redeem: bitcoin.payments.p2ms({ m: 2, pubkeys: [alice, bob, carol].map((one) => one.publicKey), network }),
  network,
});
const p2wpkh = bitcoin.payments.p2wpkh({ pubkey: alice.publicKey, network });
const nested = bitcoin.payments.p2sh({ redeem: p2wpkh, network });
const p2wsh = bitcoin.payments.p2wsh({ redeem: multisig.redeem, network });
const p2tr = bitcoin.payments.p2tr({ internalPubkey, network });
const tweaked = alice.tweak(bitcoin.crypto.taggedHash('TapTweak', internalPubkey));

const whole = ({ hex }) => ({ nonWitnessUtxo: Buffer.from(hex, 'hex') });
const output = ({ script, value }) => ({ witnessUtxo: { script: Buffer.from(script, 'hex'), value } });

const kinds = [
  { name: 'P2PKH', payment: p2pkh, input: whole, signers: [alice] },
  { name: 'P2SH multisig, 2 of 3', payment: multisig, input: (coin) => ({ ...whole(coin), redeemScript: multisig.redeem.output }), signers: [carol, alice] },
  { name: 'P2WPKH', payment: p2wpkh, input: output, signers: [alice] },
  { name: 'P2WPKH in P2SH', payment: nested, input: (coin) => ({ ...output(coin), redeemScript: p2wpkh.output }), signers: [alice] },
  { name: 'P2WSH multisig, 2 of 3', payment: p2wsh, input: (coin) => ({ ...output(coin), witnessScript: multisig.redeem.output }), signers: [bob, carol] },
  { name: 'P2TR by key', payment: p2tr, input: (coin) => ({ ...output(coin), tapInternalKey: internalPubkey }), signers: [tweaked] },
];

function spend(kind, coin, to) {
  const psbt = new bitcoin.Psbt({ network });
  psbt.addInput({ hash: coin.txid, index: coin.vout, ...kind.input(coin) });
  psbt.addOutput({ address: to, value: coin.value - FEE });
  for (const signer of kind.signers) psbt.signInput(0, signer);
  return psbt.finalizeAllInputs().extractTransaction();
}

const coins = await fund(kinds.map((kind) => kind.payment.address));

for (const [i, kind] of kinds.entries()) {
  await test(`bitcoinjs-lib: ${kind.name} is spent`, async () => {
    const to = kinds[(i + 1) % kinds.length].payment.address;
    const tx = spend(kind, coins[i], to);
    const hex = tx.toHex();
    const [verdict] = await rpc('testmempoolaccept', [hex]);
    assert.deepEqual([verdict.txid, verdict.wtxid, verdict.allowed], [tx.getId(), Buffer.from(tx.getHash(true)).reverse().toString('hex'), true]);
    assert.equal(await rpc('sendrawtransaction', hex), tx.getId());
    assert.deepEqual(await rpc('getrawmempool'), [tx.getId()]);
    assert.equal((await rpc('getmempoolentry', tx.getId())).vsize, tx.virtualSize());
    const block = await mine();
    assert.deepEqual([block.tx[1].txid, block.tx[1].hex], [tx.getId(), hex]);
    assert.equal(block.tx[1].vout[0].scriptPubKey.address, to);
    assert.deepEqual(await rpc('getrawmempool'), []);
  });
}

await test('bitcoinjs-lib: decodes the node\'s blocks', async () => {
  const hash = await rpc('getbestblockhash');
  const hex = await rpc('getblock', hash, 0);
  const block = bitcoin.Block.fromHex(hex);
  assert.equal(block.getId(), hash);
  assert.equal(block.toHex(), hex);
  assert.ok(block.checkTxRoots() && block.checkProofOfWork());
  assert.ok(block.hasWitnessCommit());
});

await test('bitcoinjs-lib: a damaged signature is refused with Core\'s reason', async () => {
  const [coin] = await fund([p2wpkh.address]);
  const tx = spend(kinds[2], coin, p2pkh.address);
  tx.outs[0].value -= 1n;
  const [verdict] = await rpc('testmempoolaccept', [tx.toHex()]);
  assert.equal(verdict.allowed, false);
  assert.match(verdict['reject-reason'], /^(non-)?mandatory-script-verify-flag(-failed)? \(.+\)/);
  await assert.rejects(rpc('sendrawtransaction', tx.toHex()), { code: -26 });
});
