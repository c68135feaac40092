using System.Text;
using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>
/// Strings from strangers: bounded, and reduced to printable ASCII when they are read, so that no peer can write line
/// breaks or terminal commands into a log.
/// </summary>
internal static class WireText
{
    public static string Read(ref ByteReader reader, int maxLength, string what)
    {
        var bytes = reader.ReadVarBytes().Span;
        if (bytes.Length > maxLength) throw new DecodeException($"the {what} has {bytes.Length} bytes, more than {maxLength}");
        return string.Create(bytes.Length, bytes, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = IsPrintable(source[i]) ? (char)source[i] : '?';
        });
    }

    public static void Write(ByteWriter writer, string text) => writer.WriteVarBytes(Encoding.ASCII.GetBytes(text));

    public static string Require(string text, int maxLength, string parameter) =>
        text.Length <= maxLength && text.All(c => c < 0x80 && IsPrintable((byte)c))
            ? text
            : throw new ArgumentException($"'{text}' is not printable ASCII of at most {maxLength} characters.", parameter);

    public static bool IsPrintable(byte value) => value is >= 0x20 and <= 0x7e;
}
