using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>
/// Tells a sender that what it sent was refused, and why (BIP61): the command refused, a code, a reason for people, and
/// the hash of the block or transaction. Core no longer sends it; here it lets <c>send</c> say what became of a payment.
/// </summary>
public sealed class RejectMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "reject";

    /// <summary>The most bytes of a reason (Core: MAX_REJECT_MESSAGE_LENGTH).</summary>
    public const int MaxReasonLength = 111;

    /// <summary>Refuses a message; a longer reason is cut, characters that are not printable ASCII become question marks.</summary>
    public RejectMessage(string rejectedCommand, RejectCode code, string reason, Hash256? hash = null)
    {
        RejectedCommand = WireText.Require(rejectedCommand, FrameHeader.CommandSize, nameof(rejectedCommand));
        Code = code;
        Reason = new string(reason.Take(MaxReasonLength).Select(c => c is >= ' ' and <= '~' ? c : '?').ToArray());
        Hash = hash;
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The command of the message that was refused.</summary>
    public string RejectedCommand { get; }

    /// <summary>The kind of reason.</summary>
    public RejectCode Code { get; }

    /// <summary>The reason, such as <c>bad-txns-inputs-missingorspent</c>; printable ASCII.</summary>
    public string Reason { get; }

    /// <summary>The hash of the block or transaction refused; null where the message was another.</summary>
    public Hash256? Hash { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        WireText.Write(writer, RejectedCommand);
        writer.WriteByte((byte)Code);
        WireText.Write(writer, Reason);
        if (Hash is { } hash) hash.CopyTo(writer.Take(Hash256.Size));
    }

    internal static RejectMessage Read(ref ByteReader reader)
    {
        var command = WireText.Read(ref reader, FrameHeader.CommandSize, "refused command");
        var code = (RejectCode)reader.ReadByte();
        var reason = WireText.Read(ref reader, MaxReasonLength, "reason");
        return new RejectMessage(command, code, reason, reader.Remaining == 0 ? null : new Hash256(reader.ReadSpan(Hash256.Size)));
    }
}
