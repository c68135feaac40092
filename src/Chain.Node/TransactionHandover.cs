using System.Net;
using System.Threading.Channels;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Network.Messages;
using Chain.Network.Transport;

namespace Chain.Node;

/// <summary>
/// Gives transactions to another node over P2P and finds out what became of them. The protocol has no receipt, so the node
/// is asked for the transaction afterwards (getdata): it sends it where its pool took it, notfound where not, and says why
/// in a reject message (BIP61) if it is one of ours.
/// </summary>
public sealed class TransactionHandover : IPeerObserver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Channel<Message> _answers = Channel.CreateBounded<Message>(64);
    private string? _failure;

    private TransactionHandover()
    {
    }

    /// <summary>
    /// Hands over transactions, parents first. Null where the last one is in the other node's pool, otherwise why not, and
    /// whether that is certain: once it has left, which <paramref name="leaves"/> hears before, a silent node may have it all the same.
    /// </summary>
    public static async Task<(string Reason, bool IsCertain)?> SendAsync(
        EndPoint endPoint, IReadOnlyList<Transaction> transactions, ChainParams p, int height, TimeProvider clock, Action leaves, CancellationToken cancellationToken)
    {
        var handover = new TransactionHandover();
        var options = new PeerSetOptions
        {
            Peer = new PeerOptions
            {
                Magic = p.Magic,
                UserAgent = "/chain-send/",
                Services = ServiceFlags.None,
                Random = () => BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong))),
                StartHeight = () => height,
                Time = clock,
            },
        };
        var peers = new PeerSet(options, new TcpTransport(), handover);
        var hasLeft = false;
        await using (peers.ConfigureAwait(false))
        {
            using var patience = new CancellationTokenSource(Patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            try
            {
                _ = peers.Start(null);
                var result = await peers.ConnectOnceAsync(endPoint, either.Token).ConfigureAwait(false);
                if (result.Peer is not { } peer) return (result.Failure!, true);
                hasLeft = true;
                leaves();
                foreach (var transaction in transactions) await peer.SendAsync(new TxMessage(transaction), either.Token).ConfigureAwait(false);
                var id = transactions[^1].Id;
                await peer.SendAsync(new GetDataMessage([new InventoryItem(InventoryType.Tx, id.Hash)]), either.Token).ConfigureAwait(false);
                return await handover.WaitForAnswerAsync(id, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return ($"it did not answer within {Patience.TotalSeconds:0} seconds", !hasLeft);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask OnHandshakeAsync(Peer peer, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask OnMessageAsync(Peer peer, Message message, CancellationToken cancellationToken) => message switch
    {
        TxMessage or NotFoundMessage or RejectMessage => _answers.Writer.WriteAsync(message, cancellationToken),
        _ => ValueTask.CompletedTask,
    };

    /// <inheritdoc/>
    public ValueTask SettleAsync(Peer peer) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void OnDisconnected(Peer peer, string reason)
    {
        Volatile.Write(ref _failure, reason);
        _answers.Writer.TryComplete();
    }

    /// <inheritdoc/>
    public void OnTraffic(Peer peer, bool sent, string command, int payloadSize)
    {
    }

    /// <inheritdoc/>
    public void OnConnectFailed(EndPoint endPoint, string reason)
    {
    }

    private async Task<(string Reason, bool IsCertain)?> WaitForAnswerAsync(TxId id, CancellationToken cancellationToken)
    {
        string? reason = null;
        await foreach (var message in _answers.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (message)
            {
                case RejectMessage reject when reject.Hash == id.Hash:
                    reason = reject.Reason;
                    break;
                case TxMessage tx when tx.Transaction.Id == id:
                    return null;
                case NotFoundMessage notFound when notFound.Items.Any(item => item.Hash == id.Hash):
                    return (reason is null
                        ? "it does not know the coins that the transaction spends; start this node, so that both have the same chain, and try again"
                        : $"it refused the transaction: {reason}", true);
            }
        }

        return (Volatile.Read(ref _failure) ?? "the connection ended", false);
    }
}
