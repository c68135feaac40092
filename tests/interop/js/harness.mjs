// What the programs share: cases that print `ok NAME` or `FAILED NAME: why`, calls to the node, waiting.
import { readFileSync } from 'node:fs';

const SECONDS_TO_WAIT = 60;
const url = `http://127.0.0.1:${process.env.INTEROP_RPC_PORT}/`;
const authorization = `Basic ${Buffer.from(readFileSync(process.env.INTEROP_COOKIE, 'utf8')).toString('base64')}`;

/** Runs a case and prints what came of it; a later case is run all the same. */
export async function test(name, run) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    console.error(error);
    console.log(`FAILED ${name}: ${String(error.message).split('\n')[0]}`);
  }
}

/** Calls a method of the node; an error of it is thrown with its code. */
export async function rpc(method, ...params) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ id: method, method, params }),
  });
  const { result, error } = await response.json();
  if (error) throw Object.assign(new Error(`${method}: ${error.message} (${error.code})`), { code: error.code });
  return result;
}

/** Waits until the condition holds. */
export async function eventually(what, condition) {
  const deadline = Date.now() + SECONDS_TO_WAIT * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
