"""python3-bitcoinlib as an RPC client: bitcoin.rpc.Proxy reads the chain, makes blocks and sends what it signed itself."""

from bitcoin.core import COutPoint, b2lx, b2x, lx
from bitcoin.rpc import InvalidAddressOrKeyError, InvalidParameterError, JSONRPCError, VerifyAlreadyInChainError, VerifyError, VerifyRejectedError

from harness import GENESIS, address, case, coinbase_outpoint, equal, key, proxy, raises, raw_proxy, spend

FEE = 10_000
alice = key("alice")
bob = key("bob")
rpc = proxy()
blocks = []
spends = []


def reads_an_empty_chain():
    equal(0, rpc.getblockcount())
    equal(GENESIS, rpc.getblockhash(0))
    equal(GENESIS, rpc.getbestblockhash())
    equal(GENESIS, rpc.getblock(GENESIS).GetHash())


def generates_to_an_address():
    blocks.extend(rpc.generatetoaddress(103, address(alice)))
    equal(103, len(blocks))
    equal(103, rpc.getblockcount())
    equal(blocks[-1], rpc.getbestblockhash())
    equal(blocks[0], rpc.getblockhash(1))


def decodes_blocks_and_headers():
    block = rpc.getblock(blocks[0])
    equal(blocks[0], block.GetHash())
    equal(GENESIS, block.hashPrevBlock)
    equal(address(alice).to_scriptPubKey(), block.vtx[0].vout[0].scriptPubKey)
    equal(block.get_header(), rpc.getblockheader(blocks[0]))
    verbose = rpc.getblockheader(blocks[0], True)
    equal((103, 1, blocks[1]), (verbose["confirmations"], verbose["height"], verbose["nextblockhash"]))
    equal(4, int.from_bytes(verbose["chainwork"], "big"))


def finds_an_output():
    outpoint, value = coinbase_outpoint(rpc, blocks[0])
    found = rpc.gettxout(outpoint)
    equal((value, address(alice).to_scriptPubKey()), (found["txout"].nValue, found["txout"].scriptPubKey))
    equal((103, True, blocks[-1]), (found["confirmations"], found["coinbase"], found["bestblock"]))
    raises(IndexError, lambda: rpc.gettxout(COutPoint(outpoint.hash, 7)))


def sends_what_it_signed():
    outpoint, value = coinbase_outpoint(rpc, blocks[0])
    tx = spend(alice, outpoint, value - FEE, address(bob))
    equal(tx.GetTxid(), rpc.sendrawtransaction(tx))
    spends.append(tx)
    equal([tx.GetTxid()], rpc.getrawmempool())
    entry = rpc.getrawmempool(True)[b2lx(tx.GetTxid())]
    equal((len(tx.serialize()), 104), (entry["vsize"], entry["height"] + 1))
    equal(tx.serialize(), rpc.getrawtransaction(tx.GetTxid()).serialize())
    raises(IndexError, lambda: rpc.gettxout(outpoint))
    equal(value - FEE, rpc.gettxout(COutPoint(tx.GetTxid(), 0))["txout"].nValue)
    raises(IndexError, lambda: rpc.gettxout(COutPoint(tx.GetTxid(), 0), includemempool=False))


def its_payment_is_mined():
    mined = next(rpc.generatetoaddress(1, address(alice)))
    equal([spends[0].serialize()], [tx.serialize() for tx in rpc.getblock(mined).vtx[1:]])
    equal([], rpc.getrawmempool())
    verbose = rpc.getrawtransaction(spends[0].GetTxid(), True, mined)
    equal((spends[0].serialize(), mined, 1), (verbose["tx"].serialize(), verbose["blockhash"], verbose["confirmations"]))


def errors_are_its_classes():
    outpoint, value = coinbase_outpoint(rpc, blocks[1])
    good = spend(alice, outpoint, value - FEE, address(bob))
    forged = spend(alice, outpoint, value - FEE, address(bob), sign_with=bob)
    raises(VerifyRejectedError, lambda: rpc.sendrawtransaction(forged))
    unripe, _ = coinbase_outpoint(rpc, blocks[-1])
    error = raises(VerifyRejectedError, lambda: rpc.sendrawtransaction(spend(alice, unripe, value - FEE, address(bob))))
    equal("bad-txns-premature-spend-of-coinbase", error.error["message"].split(",")[0])
    free = spend(alice, outpoint, value, address(bob))
    error = raises(VerifyRejectedError, lambda: rpc.sendrawtransaction(free))
    equal("min relay fee not met, 0 < %d" % len(free.serialize()), error.error["message"])
    error = raises(VerifyError, lambda: rpc.sendrawtransaction(spend(alice, COutPoint(lx("11" * 32), 0), value, address(bob))))
    equal("bad-txns-inputs-missingorspent", error.error["message"])
    raises(VerifyAlreadyInChainError, lambda: rpc.sendrawtransaction(spends[0]))
    raises(IndexError, lambda: rpc.getblockhash(100_000))
    raises(IndexError, lambda: rpc.getblock(lx("22" * 32)))
    raises(IndexError, lambda: rpc.getblockheader(lx("22" * 32)))
    raises(IndexError, lambda: rpc.getrawtransaction(good.GetTxid()))


def other_codes_are_cores():
    raw = raw_proxy()
    equal(-32601, raises(JSONRPCError, lambda: raw.getinfo()).error["code"])
    equal(-22, raises(JSONRPCError, lambda: raw.sendrawtransaction("00")).error["code"])
    equal(-3, raises(JSONRPCError, lambda: raw.getblockhash("one")).error["code"])
    equal(-1, raises(JSONRPCError, lambda: raw.getblockhash()).error["code"])
    equal(-8, raises(InvalidParameterError, lambda: raw.getblockhash(-1)).error["code"])
    equal(-8, raises(InvalidParameterError, lambda: raw.getblock("zz")).error["code"])
    equal(-5, raises(InvalidAddressOrKeyError, lambda: raw.generatetoaddress(1, "nonsense")).error["code"])


def information():
    raw = raw_proxy()
    equal("regtest", raw.getblockchaininfo()["chain"])
    equal(rpc.getblockcount(), rpc.getmininginfo()["blocks"])
    equal(0, raw.getnetworkinfo()["connections"])
    equal(0, raw.getmempoolinfo()["size"])
    equal(str(address(bob)), str(rpc.validateaddress(address(bob))["address"]))
    equal(False, rpc.validateaddress("nonsense")["isvalid"])


def submits_a_block_again():
    block = rpc.getblock(rpc.getbestblockhash())
    equal("duplicate", rpc.submitblock(block))
    raw = raw_proxy()
    damaged = bytearray(block.serialize())
    damaged[40] ^= 1
    equal(True, raw.submitblock(b2x(bytes(damaged))) in ("high-hash", "bad-txnmrklroot"))


case("bitcoinlib rpc: reads an empty chain", reads_an_empty_chain)
case("bitcoinlib rpc: generates to an address", generates_to_an_address)
case("bitcoinlib rpc: decodes blocks and headers", decodes_blocks_and_headers)
case("bitcoinlib rpc: finds an output", finds_an_output)
case("bitcoinlib rpc: sends what it signed", sends_what_it_signed)
case("bitcoinlib rpc: its payment is mined", its_payment_is_mined)
case("bitcoinlib rpc: errors arrive as its exception classes", errors_are_its_classes)
case("bitcoinlib rpc: other codes are Core's", other_codes_are_cores)
case("bitcoinlib rpc: information", information)
case("bitcoinlib rpc: submits a block again", submits_a_block_again)
