using System.Globalization;
using System.Text;
using Chain.Core.Scripts;

namespace Chain.Node.Explorer.Api;

/// <summary>Scripts as text in the form that Esplora answers, which is rust-bitcoin's: each push is named with its bytes behind it.</summary>
internal static class EsploraAssembly
{
    private const byte FirstUndefined = 0xbb;

    /// <summary>The operations with a space between.</summary>
    public static string ToText(ReadOnlyMemory<byte> script)
    {
        var text = new StringBuilder();
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out ReadOnlyMemory<byte> data))
        {
            if (text.Length > 0) text.Append(' ');
            text.Append(NameOf(opcode));
            if (!data.IsEmpty) text.Append(' ').Append(Convert.ToHexStringLower(data.Span));
        }

        if (reader.IsMalformed) text.Append(text.Length > 0 ? " <push past end>" : "<push past end>");
        return text.ToString();
    }

    private static string NameOf(Opcode opcode)
    {
        var code = (byte)opcode;
        return opcode switch
        {
            Opcode.Op0 => "OP_0",
            < Opcode.PushData1 => string.Create(CultureInfo.InvariantCulture, $"OP_PUSHBYTES_{code}"),
            Opcode.PushData1 => "OP_PUSHDATA1",
            Opcode.PushData2 => "OP_PUSHDATA2",
            Opcode.PushData4 => "OP_PUSHDATA4",
            Opcode.Op1Negate => "OP_PUSHNUM_NEG1",
            Opcode.CheckLockTimeVerify => "OP_CLTV",
            Opcode.CheckSequenceVerify => "OP_CSV",
            _ when opcode.SmallNumber() is { } number => string.Create(CultureInfo.InvariantCulture, $"OP_PUSHNUM_{number}"),
            _ when code is >= FirstUndefined and < byte.MaxValue => string.Create(CultureInfo.InvariantCulture, $"OP_RETURN_{code}"),
            _ => ScriptAssembly.NameOf(opcode),
        };
    }
}
