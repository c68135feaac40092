using System.Net;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>Every event that a node logs, one line each.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "node {NodeId} of chain {Genesis} starts at height {Height}: P2P {Listen}, RPC {Rpc}, data {Folder}")]
    public static partial void Starting(this ILogger log, int nodeId, BlockHash genesis, int height, EndPoint listen, string rpc, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the coins on disk were damaged, and were made anew from the blocks")]
    public static partial void CoinsWereDamaged(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "syncing: block {Height} of {Target}, {Percent} %{More}")]
    public static partial void Syncing(this ILogger log, int height, int target, int percent, string more);

    [LoggerMessage(Level = LogLevel.Information, Message = "synced to block {Height}: {Blocks} blocks in {Time}")]
    public static partial void Synced(this ILogger log, int height, int blocks, string time);

    [LoggerMessage(Level = LogLevel.Information, Message = "syncing ended at block {Height}: {Blocks} blocks in {Time}. A peer named {Target}, but nobody sends more; blocks are asked of each peer that connects")]
    public static partial void SyncStopped(this ILogger log, int height, int blocks, string time, int target);

    [LoggerMessage(Level = LogLevel.Error, Message = "the index of transactions follows the chain no more: {Reason}")]
    public static partial void IndexStopped(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the index of transactions is made anew: the block at which it was given up can be read again")]
    public static partial void IndexTakenUp(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "a page could not be made")]
    public static partial void PageFailed(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {NodeId} stops: {Reason}")]
    public static partial void Stopping(this ILogger log, int nodeId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {NodeId} stopped")]
    public static partial void Stopped(this ILogger log, int nodeId);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the node cannot go on: {Reason}")]
    public static partial void Fatal(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "connected: {Peer}, {UserAgent}, height {Height}")]
    public static partial void PeerConnected(this ILogger log, Peer peer, string userAgent, int height);

    [LoggerMessage(Level = LogLevel.Information, Message = "disconnected: {Peer}: {Reason}")]
    public static partial void PeerDisconnected(this ILogger log, Peer peer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "no connection to {EndPoint}: {Reason}")]
    public static partial void ConnectFailed(this ILogger log, string endPoint, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "sent {Command} ({Size} bytes) to {Peer}")]
    public static partial void Sent(this ILogger log, string command, int size, Peer peer);

    [LoggerMessage(Level = LogLevel.Debug, Message = "received {Command} ({Size} bytes) from {Peer}")]
    public static partial void Received(this ILogger log, string command, int size, Peer peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer} rejected our {Command} {Hash}: {Reason}")]
    public static partial void PeerRejected(this ILogger log, Peer peer, string command, string reason, string hash);

    [LoggerMessage(Level = LogLevel.Information, Message = "block {Height} {Hash} with {Transactions} transactions from {From}: on the {Where}")]
    public static partial void BlockAccepted(this ILogger log, int height, BlockHash hash, int transactions, string from, string where);

    [LoggerMessage(Level = LogLevel.Information, Message = "block {Hash} from {From} waits for its parent")]
    public static partial void BlockOrphan(this ILogger log, BlockHash hash, string from);

    [LoggerMessage(Level = LogLevel.Debug, Message = "block {Hash} from {Peer} ignored: nobody asked for it, and its chain ends more than {Depth} blocks below the tip")]
    public static partial void BlockIgnored(this ILogger log, BlockHash hash, Peer peer, int depth);

    [LoggerMessage(Level = LogLevel.Warning, Message = "block {Hash} from {From} refused: {Violation}")]
    public static partial void BlockRejected(this ILogger log, BlockHash hash, string from, RuleViolation violation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "block {Height} {Hash} failed when it was to be connected: {Violation}")]
    public static partial void BlockFailed(this ILogger log, int height, BlockHash hash, RuleViolation violation);

    [LoggerMessage(Level = LogLevel.Information, Message = "reorganisation: block {Height} {Hash} leaves the chain")]
    public static partial void BlockDisconnected(this ILogger log, int height, BlockHash hash);

    [LoggerMessage(Level = LogLevel.Information, Message = "transaction {Id} waits in the pool, fee {Fee}")]
    public static partial void TransactionAccepted(this ILogger log, TxId id, Amount fee);

    [LoggerMessage(Level = LogLevel.Information, Message = "transaction {Id} left the pool without a block: {Reason}")]
    public static partial void TransactionRemoved(this ILogger log, TxId id, MempoolRemovalReason reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "transaction {Id} from {Peer} refused: {Rejection}")]
    public static partial void TransactionRefused(this ILogger log, TxId id, Peer peer, TransactionRejection rejection);

    [LoggerMessage(Level = LogLevel.Error, Message = "a message from {Peer} could not be handled")]
    public static partial void HandlingFailed(this ILogger log, Exception exception, Peer peer);

    [LoggerMessage(Level = LogLevel.Error, Message = "an RPC call failed")]
    public static partial void RpcFailed(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "an RPC client at {Address}:{Port} gave a wrong password")]
    public static partial void WrongPassword(this ILogger log, IPAddress? address, int port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} says what this node does not know, and it is left alone: {Names}")]
    public static partial void UnknownConfiguration(this ILogger log, string file, string names);

    [LoggerMessage(Level = LogLevel.Information, Message = "mining to {Address} with {Threads} threads {When}")]
    public static partial void Mining(this ILogger log, Address address, int threads, string when);

    [LoggerMessage(Level = LogLevel.Information, Message = "mining stopped")]
    public static partial void MiningStopped(this ILogger log);

    [LoggerMessage(Level = LogLevel.Debug, Message = "mining block {Height} with {Transactions} transactions")]
    public static partial void MiningBlock(this ILogger log, int height, int transactions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the mined block {Hash} was refused: {Reason}")]
    public static partial void MinedBlockRefused(this ILogger log, BlockHash hash, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the file {File} cannot be read ({Reason}): it is begun anew")]
    public static partial void FileDamaged(this ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the file {File} could not be written: {Reason}")]
    public static partial void FileNotWritten(this ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} differs from the parameters that the database was made with; the database's are used")]
    public static partial void GenesisDiffers(this ILogger log, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a wallet is not loaded: {Reason}")]
    public static partial void WalletNotLoaded(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the wallet '{Name}' could not take in what happened: {Reason}")]
    public static partial void WalletFailed(this ILogger log, string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the wallet '{Name}' looks through {Blocks} blocks that it has missed; the node goes on meanwhile")]
    public static partial void WalletBehind(this ILogger log, string name, int blocks);

    [LoggerMessage(Level = LogLevel.Information, Message = "the wallet '{Name}' has looked through {Part:P0} of the blocks that it has missed, {Blocks} are left")]
    public static partial void WalletScanning(this ILogger log, string name, double part, int blocks);

    [LoggerMessage(Level = LogLevel.Information, Message = "the wallet '{Name}' has seen the whole chain")]
    public static partial void WalletCaughtUp(this ILogger log, string name);
}
