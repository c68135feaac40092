// What scripts/explorer.sh checks in a browser. Each line begins with `ok` or `FAILED`.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const { EXPLORER_BROWSER, EXPLORER_NODE, EXPLORER_DATA, EXPLORER_OWN, EXPLORER_CHAIN, EXPLORER_PICTURES } = process.env;
const base = `http://127.0.0.1:${Number(EXPLORER_NODE) + 10000}`;
const widths = [["phone", 390, 844], ["desktop", 1280, 900]];
const liveLimit = 2000;
let passed = 0;
let failed = 0;

const run = promisify(execFile);
const chain = async (...args) => (await run("dotnet", [EXPLORER_CHAIN, ...args], { env: { ...process.env, NODE_ID: EXPLORER_NODE, CHAIN_DATADIR: EXPLORER_DATA } })).stdout;
const rpc = async (...args) => chain("rpc", ...args.map(String));
const text = async (path) => (await fetch(base + path)).text();
const json = async (path) => (await fetch(base + path)).json();

async function check(name, work) {
  try {
    await work();
    passed++;
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAILED ${name}: ${e.message ?? e}`);
  }
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}

async function until(what, limit, condition) {
  const start = performance.now();
  while (!(await condition())) {
    must(performance.now() - start < limit, `not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Math.round(performance.now() - start);
}

// A page that collects what goes wrong on it; statuses that are meant to be errors are named.
async function open(browser, { width = 1280, height = 900, scheme = "light", script = true } = {}) {
  const page = await browser.newPage();
  const troubles = [];
  page.troubles = troubles;
  page.expected = 200;
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height, isMobile: width < 600, hasTouch: width < 600 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type()) && !(page.expected === 404 && message.text().includes("404"))) troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A stream ends when its page is left.
    if (!request.url().endsWith("/events")) troubles.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) troubles.push(`foreign: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && response.status() !== page.expected) troubles.push(`${response.status()}: ${response.url()}`);
  });
  return page;
}

async function show(page, path, expected = 200) {
  page.expected = expected;
  const answer = await page.goto(base + path, { waitUntil: "load" });
  must(answer.status() === expected, `${path}: status ${answer.status()}`);
}

// What the chain needs before there is something to see: blocks, payments, text, a stale block.
async function makeChain() {
  const other = (await chain("createwallet")).trim().split(/\s+/).pop();
  await rpc("generatetoaddress", 40, EXPLORER_OWN);
  for (const amount of ["1.5", "0.25", "3.125"]) await chain("send", "--from", EXPLORER_OWN, "--to", other, "--amount", amount, "--fee", "0.0001");
  await rpc("generatetoaddress", 2, EXPLORER_OWN);
  const stale = JSON.parse(await rpc("generatetoaddress", 1, other))[0];
  await rpc("invalidateblock", stale);
  await rpc("generatetoaddress", 2, EXPLORER_OWN);
  await rpc("reconsiderblock", stale);
  await chain("send", "--from", other, "--to", EXPLORER_OWN, "--amount", "0.5", "--fee", "0.00002");
  const block = (await json("/api/blocks")).find((b) => b.tx_count > 1);
  const payment = await text(`/api/block/${block.id}/txid/1`);
  const waiting = (await json("/api/mempool/txids"))[0];
  return { other, stale, block: block.id, payment, waiting };
}

const browser = await puppeteer.launch({ executablePath: EXPLORER_BROWSER, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const made = await makeChain();
  const pages = [
    ["overview", "/"], ["blocks", "/blocks"], ["block", `/block/${made.block}`], ["stale", `/block/${made.stale}`], ["transaction", `/tx/${made.payment}`],
    ["waiting", `/tx/${made.waiting}`], ["address", `/address/${made.other}`], ["miner", `/address/${EXPLORER_OWN}`], ["mempool", "/mempool"], ["peers", "/peers"],
    ["nothing", "/search?q=no+such+thing", 404],
  ];

  for (const [size, width, height] of widths) {
    for (const scheme of ["light", "dark"]) {
      const page = await open(browser, { width, height, scheme });
      for (const [name, path, status] of pages) {
        await check(`${name} at ${size} width, ${scheme}`, async () => {
          page.troubles.length = 0;
          await show(page, path, status);
          if (status !== 404) await until("it is live", 5000, () => page.$eval("#live", (e) => e.className === "on"));
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          must(over <= 0, `${over} pixels wider than the screen`);
          await page.screenshot({ path: join(EXPLORER_PICTURES, `${name}-${size}-${scheme}.png`), fullPage: true });
          must(page.troubles.length === 0, page.troubles.join("; "));
        });
      }
      await page.close();
    }
  }

  await check("a payment made on the command line appears without a reload", async () => {
    const page = await open(browser);
    await show(page, "/");
    await until("it is live", 5000, () => page.$eval("#live", (e) => e.className === "on"));
    await page.evaluate(() => { window.notReloaded = true; });
    const said = await chain("send", "--from", EXPLORER_OWN, "--to", made.other, "--amount", "0.75", "--fee", "0.0001");
    const id = /[0-9a-f]{64}/.exec(said)[0];
    const took = await until("the payment is shown", liveLimit, () => page.$(`#transactions a[href="/tx/${id}"]`));
    must(await page.evaluate(() => window.notReloaded === true), "the page was loaded again");
    await rpc("generatetoaddress", 1, EXPLORER_OWN);
    const tip = await text("/api/blocks/tip/hash");
    const block = await until("the block is shown", liveLimit, () => page.$(`#strip a[href="/block/${tip}"]`));
    must(await page.evaluate(() => window.notReloaded === true), "the page was loaded again");
    must(page.troubles.length === 0, page.troubles.join("; "));
    console.log(`   the payment after ${took} ms, the block after ${block} ms`);
    await page.close();
  });

  await check("a waiting transaction turns to a confirmed one where it is looked at", async () => {
    const page = await open(browser);
    const said = await chain("send", "--from", EXPLORER_OWN, "--to", made.other, "--amount", "0.1", "--fee", "0.0001");
    const id = /[0-9a-f]{64}/.exec(said)[0];
    await show(page, `/tx/${id}`);
    must((await page.$eval(".head", (e) => e.textContent)).includes("unconfirmed"), "it is not said to wait");
    await until("it is live", 5000, () => page.$eval("#live", (e) => e.className === "on"));
    await rpc("generatetoaddress", 1, EXPLORER_OWN);
    await until("it is confirmed", liveLimit, () => page.$eval(".head", (e) => e.textContent.includes("1 confirmation")));
    must(page.troubles.length === 0, page.troubles.join("; "));
    await page.close();
  });

  const tip = await text("/api/blocks/tip/height");
  for (const [kind, query, path] of [
    ["a height", "3", `/block/${await text("/api/block-height/3")}`], ["the hash of a block", made.block, `/block/${made.block}`], ["the hash of a stale block", made.stale, `/block/${made.stale}`],
    ["a transaction", made.payment, `/tx/${made.payment}`], ["an address", made.other, `/address/${made.other}`], ["the height of the tip", tip, `/block/${await text("/api/blocks/tip/hash")}`],
  ]) {
    await check(`search for ${kind}`, async () => {
      const page = await open(browser, { width: 390, height: 844 });
      await show(page, "/");
      await page.type("#q", query);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      must(new URL(page.url()).pathname === path, `it leads to ${page.url()}`);
      must(page.troubles.length === 0, page.troubles.join("; "));
      await page.close();
    });
  }

  for (const [name, path] of pages.slice(0, -1)) {
    await check(`${name} without JavaScript`, async () => {
      const page = await open(browser, { script: false });
      await show(page, path);
      const words = await page.$eval("main", (e) => e.innerText.length);
      must(words > 100, `only ${words} letters`);
      must((await page.$$eval("a[href]", (links) => links.length)) > 5, "no links");
      must(page.troubles.length === 0, page.troubles.join("; "));
      await page.close();
    });
  }

  await check("the keyboard reaches the content first, then the menu", async () => {
    const page = await open(browser);
    await show(page, "/");
    await page.keyboard.press("Tab");
    must((await page.evaluate(() => document.activeElement.textContent)) === "Skip to the content", "the first stop is another");
    await page.close();
  });
} catch (e) {
  failed++;
  console.log(`FAILED ${e.stack}`);
} finally {
  await browser.close();
}

console.log(`\n${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
