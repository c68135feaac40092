using System.Text;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.Node.Rpc;

namespace Chain.Node.Explorer.Pages;

/// <summary>Scripts as pages show them. All text in them comes from strangers.</summary>
internal static class ScriptView
{
    private const int LongestShown = 10_000;

    /// <summary>A witness of empty items has millions of them in a block.</summary>
    private const int MostItems = 100;

    /// <summary>Throws on bytes that are no text.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whom an output pays: its address, or what kind of script it has.</summary>
    public static Fragment Owner(TxOut output, ChainParams p) =>
        ScriptJson.FindAddress(output.ScriptPubKey, p) is { } address ? Show.Address(address) : Fragment.Of($"<span class=\"soft\">{KindOf(output.ScriptPubKey)}</span>");

    /// <summary>The kind of a locking script in words.</summary>
    public static string KindOf(ReadOnlyMemory<byte> script) => ScriptTemplates.Recognize(script) switch
    {
        ScriptTemplate.PublicKey => "Public key (P2PK)",
        ScriptTemplate.PublicKeyHash => "P2PKH",
        ScriptTemplate.ScriptHash => "P2SH",
        ScriptTemplate.MultiSig => MultiSig.Find(script) is { } multi ? $"{multi.Required} of {multi.PublicKeys.Length} keys" : "Keys",
        ScriptTemplate.NullData => "Data (OP_RETURN)",
        ScriptTemplate.WitnessV0KeyHash => "P2WPKH",
        ScriptTemplate.WitnessV0ScriptHash => "P2WSH",
        ScriptTemplate.WitnessV1Taproot => "Taproot (P2TR)",
        ScriptTemplate.WitnessUnknown => "Witness of a later version",
        _ => script.IsEmpty ? "Empty script" : "Script of no standard form",
    };

    /// <summary>The text that an output carries instead of coins; nothing where it carries none.</summary>
    public static Fragment Said(ReadOnlyMemory<byte> script)
    {
        if (ScriptTemplates.Recognize(script) != ScriptTemplate.NullData) return Fragment.Empty;
        var bytes = new List<byte>();
        var reader = new ScriptReader(script[1..]);
        while (reader.TryRead(out _, out ReadOnlyMemory<byte> data)) bytes.AddRange(data.Span);
        return FindText([.. bytes]) is { } text ? Fragment.Of($"<bdi class=\"said\">{text}</bdi>") : Fragment.Empty;
    }

    /// <summary>What a miner wrote into a coinbase, as far as it can be read; nothing where it is no text.</summary>
    public static Fragment CoinbaseText(ReadOnlyMemory<byte> script)
    {
        var text = new StringBuilder();
        foreach (var b in script.Span) text.Append(b is >= 0x20 and < 0x7f ? (char)b : '\n');
        var words = text.ToString().Split('\n').Where(word => word.Length >= 4).ToList();
        return words.Count == 0 ? Fragment.Empty : Fragment.Of($"<bdi class=\"said\">{string.Join(' ', words)}</bdi>");
    }

    /// <summary>An unlocking script and a witness, decoded.</summary>
    public static Fragment Unlocking(TxIn input, TxOut? spent)
    {
        var html = new HtmlWriter();
        if (!input.ScriptSig.IsEmpty) html.Write($"<dt>scriptSig</dt><dd>{Shorten(ScriptAssembly.ToText(input.ScriptSig, isUnlocking: true))}</dd>");
        for (var i = 0; i < Math.Min(input.Witness.Length, MostItems); i++)
            html.Write($"<dt>Witness {i}</dt><dd>{(input.Witness[i].IsEmpty ? "(empty)" : Shorten(ScriptJson.Hex(input.Witness[i])))}</dd>");
        if (input.Witness.Length > MostItems) html.Write($"<dt>Witness</dt><dd>{Show.Count(input.Witness.Length - MostItems)} more</dd>");
        if (InnerScripts.Find(input, spent) is var (redeem, witness))
        {
            if (redeem is { } script) html.Write($"<dt>Redeem script</dt><dd>{Shorten(ScriptAssembly.ToText(script))}</dd>");
            if (witness is { } inner) html.Write($"<dt>Witness script</dt><dd>{Shorten(ScriptAssembly.ToText(inner))}</dd>");
        }

        if (spent is { } output) html.Write($"<dt>Spent script, {KindOf(output.ScriptPubKey)}</dt><dd>{Shorten(ScriptAssembly.ToText(output.ScriptPubKey))}</dd>");
        html.Write($"<dt>Sequence</dt><dd>0x{input.Sequence.ToString("x8", System.Globalization.CultureInfo.InvariantCulture)}</dd>");
        return html.ToFragment();
    }

    /// <summary>A locking script, decoded and in hexadecimal.</summary>
    public static Fragment Locking(ReadOnlyMemory<byte> script) => Fragment.Of($"""
        <dt>scriptPubKey, {KindOf(script)}</dt><dd>{(script.IsEmpty ? "(empty)" : Shorten(ScriptAssembly.ToText(script)))}</dd>
        <dt>Hexadecimal</dt><dd>{(script.IsEmpty ? "(empty)" : Shorten(ScriptJson.Hex(script)))}</dd>
        """);

    /// <summary>A text, cut where it would make the page too long.</summary>
    public static string Shorten(string text) => text.Length <= LongestShown ? text : $"{text[..LongestShown]}… ({Show.Count(text.Length)} characters)";

    private static string? FindText(byte[] bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Length > 0 && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? Shorten(text) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
