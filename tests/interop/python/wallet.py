"""python3-bitcoinlib with the node's wallet: addresses, payments, balances, signatures, as its bitcoin.rpc.Proxy asks for them."""

from bitcoin.core import COIN, CMutableTransaction, CMutableTxIn, CMutableTxOut, COutPoint, CTransaction
from bitcoin.wallet import CBitcoinAddress

from harness import address, case, equal, key, proxy, raw_proxy

FEE = 10_000
alice = key("alice")
rpc = proxy()
payments = []


def has_addresses():
    equal("interop", raw_proxy().createwallet("interop")["name"])
    mine = rpc.getnewaddress()
    equal(True, isinstance(mine, CBitcoinAddress))
    equal(True, mine != rpc.getnewaddress() and mine != rpc.getrawchangeaddress())
    list(rpc.generatetoaddress(101, mine))
    equal(50 * COIN, rpc.getbalance())
    equal(50 * COIN, rpc.getreceivedbyaddress(mine))


def pays():
    payments.append(rpc.sendtoaddress(address(alice), 2 * COIN, "rent", "alice"))
    equal(payments, rpc.getrawmempool())
    told = rpc.gettransaction(payments[0])
    equal((-2, 0, "rent"), (told["amount"], told["confirmations"], told["comment"]))
    payments.append(rpc.sendmany("", {address(alice): 3 * COIN}))
    mined = next(rpc.generatetoaddress(1, address(alice)))
    equal(set(payments), {tx.GetTxid() for tx in rpc.getblock(mined).vtx[1:]})
    equal(1, rpc.gettransaction(payments[1])["confirmations"])


def signs():
    coin = max(rpc.listunspent(1), key=lambda unspent: unspent["amount"])
    draft = CMutableTransaction([CMutableTxIn(coin["outpoint"])], [CMutableTxOut(coin["amount"] - FEE, address(alice).to_scriptPubKey())])
    signed = rpc.signrawtransactionwithwallet(CTransaction.from_tx(draft))
    equal(True, signed["complete"])
    equal(signed["tx"].GetTxid(), rpc.sendrawtransaction(signed["tx"]))
    equal(coin["amount"] - FEE, rpc.gettxout(COutPoint(signed["tx"].GetTxid(), 0))["txout"].nValue)


def locks_outputs():
    list(rpc.generatetoaddress(101, rpc.getnewaddress()))
    coins = rpc.listunspent(1)
    equal(True, rpc.lockunspent(False, [coins[0]["outpoint"]]))
    equal(len(coins) - 1, len(rpc.listunspent(1)))
    equal(True, rpc.lockunspent(True, [coins[0]["outpoint"]]))
    equal(len(coins), len(rpc.listunspent(1)))


case("bitcoinlib wallet: has addresses and a balance", has_addresses)
case("bitcoinlib wallet: pays", pays)
case("bitcoinlib wallet: signs", signs)
case("bitcoinlib wallet: locks outputs", locks_outputs)
