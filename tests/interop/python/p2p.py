"""python3-bitcoinlib as a peer: bitcoin.messages says hello, asks for headers and blocks, and sends a transaction."""

import os
import socket

import bitcoin.messages
from bitcoin.core import CBlockHeader, CheckBlock
from bitcoin.core.serialize import VarIntSerializer
from bitcoin.messages import (
    MsgSerializable, msg_getblocks, msg_getdata, msg_getheaders, msg_headers, msg_inv, msg_ping, msg_pong, msg_tx, msg_verack, msg_version,
)
from bitcoin.net import CInv

from harness import GENESIS, SECONDS_TO_WAIT, address, case, coinbase_outpoint, equal, eventually, key, proxy, spend

TX, BLOCK = 1, 2
FEE = 10_000
alice = key("alice")
bob = key("bob")
rpc = proxy()
blocks = list(rpc.generatetoaddress(102, address(alice)))


class Headers(msg_headers):
    """`headers` as the protocol has it: bitcoinlib 0.11.2 forgets the count of transactions, 0, after each header."""

    @classmethod
    def msg_deser(cls, f, protover=bitcoin.messages.PROTO_VERSION):
        message = cls()
        for _ in range(VarIntSerializer.stream_deserialize(f)):
            message.headers.append(CBlockHeader.stream_deserialize(f))
            equal(0, VarIntSerializer.stream_deserialize(f))
        return message


bitcoin.messages.messagemap[b"headers"] = Headers


class Peer:
    """One connection, whose messages are all bitcoinlib's."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", int(os.environ["INTEROP_P2P_PORT"])), timeout=SECONDS_TO_WAIT)
        self.stream = self.socket.makefile("rb")

    def send(self, message):
        self.socket.sendall(message.to_bytes())

    def receive(self, command, wanted=lambda message: True):
        """The next message of this kind that is wanted; pings that come before it are answered."""
        while True:
            message = MsgSerializable.stream_deserialize(self.stream)
            if message is None:
                continue
            if message.command == b"ping":
                answer = msg_pong()
                answer.nonce = message.nonce
                self.send(answer)
            if message.command == command and wanted(message):
                return message

    def handshake(self):
        self.send(msg_version())
        theirs = self.receive(b"version")
        self.receive(b"verack")
        self.send(msg_verack())
        return theirs


peer = Peer()
other = Peer()
transaction = None


def asks(message, *hashes):
    message.locator.vHave = list(hashes)
    return message


def inv(kind, item):
    found = CInv()
    found.type, found.hash = kind, item
    return found


def handshake():
    theirs = peer.handshake()
    equal(len(blocks), theirs.nStartingHeight)
    equal(1, theirs.nServices & 1)
    other.handshake()


def ping():
    question = msg_ping()
    question.nonce = 0x1122334455667788
    peer.send(question)
    peer.receive(b"pong", lambda answer: answer.nonce == question.nonce)


def headers():
    peer.send(asks(msg_getheaders(), GENESIS))
    equal(blocks, [header.GetHash() for header in peer.receive(b"headers").headers])


def headers_after_a_fork_point():
    peer.send(asks(msg_getheaders(), b"\x55" * 32, blocks[99], GENESIS))
    equal(blocks[100:], [header.GetHash() for header in peer.receive(b"headers").headers])


def inventory_and_blocks():
    peer.send(asks(msg_getblocks(), GENESIS))
    found = [item.hash for item in peer.receive(b"inv", lambda message: message.inv[0].type == BLOCK).inv]
    equal(blocks, found)
    question = msg_getdata()
    question.inv = [inv(BLOCK, item) for item in found]
    peer.send(question)
    for item in found:
        block = peer.receive(b"block").block
        CheckBlock(block)
        equal(item, block.GetHash())


def unknown_is_not_found():
    question = msg_getdata()
    question.inv = [inv(TX, b"\x77" * 32)]
    peer.send(question)
    equal([b"\x77" * 32], [item.hash for item in peer.receive(b"notfound").inv])


def its_transaction_is_relayed():
    global transaction
    outpoint, value = coinbase_outpoint(rpc, blocks[0])
    transaction = spend(alice, outpoint, value - FEE, address(bob))
    announcement = msg_inv()
    announcement.inv = [inv(TX, transaction.GetTxid())]
    peer.send(announcement)
    peer.receive(b"getdata", lambda message: [item.hash for item in message.inv] == [transaction.GetTxid()])
    message = msg_tx()
    message.tx = transaction
    peer.send(message)
    eventually("the transaction is in the pool", lambda: rpc.getrawmempool() == [transaction.GetTxid()])
    other.receive(b"inv", lambda message: transaction.GetTxid() in [item.hash for item in message.inv])
    question = msg_getdata()
    question.inv = [inv(TX, transaction.GetTxid())]
    other.send(question)
    equal(transaction.serialize(), other.receive(b"tx").tx.serialize())


def its_transaction_is_mined():
    mined = next(rpc.generatetoaddress(1, address(alice)))
    found = other.receive(b"inv", lambda message: any(item.type == BLOCK for item in message.inv))
    equal([mined], [item.hash for item in found.inv])
    question = msg_getdata()
    question.inv = [inv(BLOCK, mined)]
    other.send(question)
    equal([transaction.serialize()], [tx.serialize() for tx in other.receive(b"block").block.vtx[1:]])
    equal(FEE, spent_as_fee(mined))


def spent_as_fee(mined):
    before = coinbase_outpoint(rpc, blocks[-1])[1]
    return coinbase_outpoint(rpc, mined)[1] - before


def bad_checksum_costs_the_connection():
    damaged = bytearray(msg_ping().to_bytes())
    damaged[20] ^= 1
    other.socket.sendall(bytes(damaged))
    peer.send(msg_ping())
    peer.receive(b"pong")
    equal(rpc.getblockcount(), len(blocks) + 1)


case("bitcoinlib p2p: version and verack", handshake)
case("bitcoinlib p2p: ping and pong", ping)
case("bitcoinlib p2p: getheaders", headers)
case("bitcoinlib p2p: getheaders from the last known block", headers_after_a_fork_point)
case("bitcoinlib p2p: getblocks, inv, getdata, block", inventory_and_blocks)
case("bitcoinlib p2p: what is not there is not found", unknown_is_not_found)
case("bitcoinlib p2p: its transaction is taken and relayed", its_transaction_is_relayed)
case("bitcoinlib p2p: its transaction is mined", its_transaction_is_mined)
case("bitcoinlib p2p: one damaged message harms no other peer", bad_checksum_costs_the_connection)
