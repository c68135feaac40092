using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>A transaction, with its witness or, for a peer that asked without it, stripped of it (BIP144).</summary>
public sealed class TxMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "tx";

    /// <summary>Sends a transaction, with its witness or without.</summary>
    public TxMessage(Transaction transaction, bool withWitness = true)
    {
        Transaction = transaction;
        WithWitness = withWitness;
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The transaction.</summary>
    public Transaction Transaction { get; }

    /// <summary>Whether the witness is sent.</summary>
    public bool WithWitness { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer) => writer.WriteBytes(ToPayload().Span);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> ToPayload() => WithWitness ? Transaction.Raw : Transaction.StrippedRaw;

    /// <summary>The command and the transaction's id.</summary>
    public override string ToString() => $"{Command} {Transaction.Id}";

    internal static TxMessage Read(ref ByteReader reader) => new(Transaction.Read(ref reader));
}
