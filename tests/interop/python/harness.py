"""What the programs share: cases that print `ok NAME` or `FAILED NAME: why`, waiting, keys and spends of bitcoinlib's own."""

import hashlib
import os
import time
import traceback

import bitcoin
import bitcoin.rpc
from bitcoin.core import COutPoint, CMutableTransaction, CMutableTxIn, CMutableTxOut, CTransaction
from bitcoin.core.script import SIGHASH_ALL, CScript, SignatureHash
from bitcoin.wallet import CBitcoinSecret, P2PKHBitcoinAddress

bitcoin.SelectParams("regtest")

GENESIS = bitcoin.core.lx("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")
SECONDS_TO_WAIT = 30


def case(name, run):
    """Runs a case and prints what came of it; a later case is run all the same."""
    try:
        run()
        print("ok " + name, flush=True)
    except Exception as error:
        traceback.print_exc()
        print("FAILED %s: %s: %s" % (name, type(error).__name__, error), flush=True)


def equal(expected, found):
    if expected != found:
        raise AssertionError("expected %r, found %r" % (expected, found))


def raises(kind, run):
    """What `run` throws; it must be of this kind and no other."""
    try:
        run()
    except Exception as error:
        equal(kind, type(error))
        return error
    raise AssertionError("expected %s, found no error" % kind.__name__)


def eventually(what, condition):
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain: " + what)
        time.sleep(0.05)


def proxy():
    """A connection of bitcoinlib, which finds port and cookie as it finds those of Bitcoin Core."""
    return bitcoin.rpc.Proxy(btc_conf_file=os.environ["INTEROP_CONF"])


def raw_proxy():
    return bitcoin.rpc.RawProxy(btc_conf_file=os.environ["INTEROP_CONF"])


def key(text):
    return CBitcoinSecret.from_secret_bytes(hashlib.sha256(text.encode()).digest())


def address(secret):
    return P2PKHBitcoinAddress.from_pubkey(secret.pub)


def spend(secret, outpoint, value, to, sign_with=None):
    """A transaction that pays `value` satoshis of a P2PKH output to an address, signed by bitcoinlib."""
    spent = address(secret).to_scriptPubKey()
    signer = sign_with or secret
    tx = CMutableTransaction([CMutableTxIn(outpoint)], [CMutableTxOut(value, to.to_scriptPubKey())])
    signature = signer.sign(SignatureHash(spent, tx, 0, SIGHASH_ALL)) + bytes([SIGHASH_ALL])
    tx.vin[0].scriptSig = CScript([signature, secret.pub])
    return CTransaction.from_tx(tx)


def coinbase_outpoint(rpc, block_hash):
    """The first output of a block's coinbase, and its value in satoshis."""
    coinbase = rpc.getblock(block_hash).vtx[0]
    return COutPoint(coinbase.GetTxid(), 0), coinbase.vout[0].nValue
