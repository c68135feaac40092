// Ripe coinbase outputs for the programs to spend, and a place to mine to that is nobody's.
import { rpc } from './harness.mjs';

const BURN = 'bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202';

/** Mines one coinbase to each address and lets them ripen: `{ txid, vout, value, hex }` in the order of the addresses. */
export async function fund(addresses) {
  const funds = [];
  for (const address of addresses) {
    const [hash] = await rpc('generatetoaddress', 1, address);
    const { tx } = await rpc('getblock', hash, 2);
    const { scriptPubKey, value } = tx[0].vout[0];
    funds.push({ txid: tx[0].txid, vout: 0, value: BigInt(Math.round(value * 1e8)), script: scriptPubKey.hex, hex: tx[0].hex });
  }
  await mine(100);
  return funds;
}

/** Mines blocks, and gives the last one. */
export async function mine(count = 1) {
  const hashes = await rpc('generatetoaddress', count, BURN);
  return rpc('getblock', hashes.at(-1), 2);
}
