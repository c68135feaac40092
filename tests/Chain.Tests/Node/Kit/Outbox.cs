using Chain.Core.Primitives;
using Chain.Network.Messages;

namespace Chain.Tests.Node.Kit;

/// <summary>What a machine without I/O wanted to send, and whom it wanted to leave.</summary>
internal sealed class Outbox
{
    private readonly List<(long Peer, Message Message)> _messages = [];

    public List<(long Peer, string Reason)> Disconnected { get; } = [];

    public void Send(long peer, Message message) => _messages.Add((peer, message));

    public void Disconnect(long peer, string reason) => Disconnected.Add((peer, reason));

    /// <summary>Takes out the messages of one kind for one peer.</summary>
    public List<T> Take<T>(long peer) where T : Message
    {
        var taken = _messages.Where(m => m.Peer == peer && m.Message is T).Select(m => (T)m.Message).ToList();
        _messages.RemoveAll(m => m.Peer == peer && m.Message is T);
        return taken;
    }

    /// <summary>Takes out all messages in their order.</summary>
    public List<(long Peer, Message Message)> TakeAll()
    {
        var all = _messages.ToList();
        _messages.Clear();
        return all;
    }

    /// <summary>The blocks that a peer was asked for since the last look.</summary>
    public List<BlockHash> Asked(long peer) => [.. Take<GetDataMessage>(peer).SelectMany(m => m.Items).Select(item => new BlockHash(item.Hash))];
}
