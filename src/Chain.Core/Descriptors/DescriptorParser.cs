using System.Globalization;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Descriptors;

/// <summary>Where in a descriptor a function stands, which decides what may stand there.</summary>
internal enum DescriptorContext
{
    /// <summary>At the top.</summary>
    Top,

    /// <summary>In sh().</summary>
    P2sh,

    /// <summary>In wsh().</summary>
    P2wsh,

    /// <summary>In the tree of tr().</summary>
    P2tr,
}

/// <summary>Reads descriptors (Core: Parse of descriptor.cpp, without miniscript). Errors are in Core's words.</summary>
public sealed class DescriptorParser
{
    private const int MaxBareKeys = 3;
    private const int MaxLeafKeys = 999;

    private readonly KeyExpressionParser _keys;
    private readonly DescriptorFormat _format;

    private DescriptorParser(DescriptorFormat format)
    {
        _format = format;
        _keys = new KeyExpressionParser(format);
    }

    /// <summary>Reads a descriptor with its checksum, which may be left out unless it is required; false with what is wrong.</summary>
    public static bool TryParse(string text, DescriptorFormat format, bool requireChecksum, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Descriptor? descriptor, out string error)
    {
        descriptor = null;
        if (!DescriptorChecksum.TryRemove(text, requireChecksum, out var payload, out error)) return false;
        try
        {
            var reader = new DescriptorReader(payload);
            var parsed = new DescriptorParser(format).ParseScript(reader.ReadExpression(), DescriptorContext.Top);
            if (!reader.IsAtEnd) throw new FormatException($"'{payload}' is not a valid descriptor function");
            descriptor = parsed;
            return true;
        }
        catch (FormatException e)
        {
            error = e.Message;
            return false;
        }
    }

    private Descriptor ParseScript(string text, DescriptorContext context)
    {
        var isTop = context == DescriptorContext.Top;
        var (function, argument) = SplitFunction(text);
        switch (function)
        {
            case "pk":
                return new KeyDescriptor(function, ParseKey(function, argument, context), isLeaf: context == DescriptorContext.P2tr);
            case "pkh" when context != DescriptorContext.P2tr:
                return new KeyDescriptor(function, ParseKey(function, argument, context));
            case "combo":
                if (!isTop) throw new FormatException("Can only have combo() at top level");
                return new KeyDescriptor(function, ParseKey(function, argument, context));
            case "multi" or "sortedmulti":
                if (context == DescriptorContext.P2tr) throw new FormatException("Can only have multi/sortedmulti at top level, in sh(), or in wsh()");
                return ParseMulti(argument, context, isSorted: function == "sortedmulti");
            case "multi_a" or "sortedmulti_a":
                if (context != DescriptorContext.P2tr) throw new FormatException("Can only have multi_a/sortedmulti_a inside tr()");
                return ParseMulti(argument, context, isSorted: function == "sortedmulti_a");
            case "wpkh":
                if (!isTop && context != DescriptorContext.P2sh) throw new FormatException("Can only have wpkh() at top level or inside sh()");
                return new KeyDescriptor(function, ParseKey(function, argument, DescriptorContext.P2wsh));
            case "sh":
                if (!isTop) throw new FormatException("Can only have sh() at top level");
                return new ScriptHashDescriptor(isWitness: false, ParseInner(argument, DescriptorContext.P2sh));
            case "wsh":
                if (!isTop && context != DescriptorContext.P2sh) throw new FormatException("Can only have wsh() at top level or inside sh()");
                return new ScriptHashDescriptor(isWitness: true, ParseInner(argument, DescriptorContext.P2wsh));
            case "addr":
                if (!isTop) throw new FormatException("Can only have addr() at top level");
                return Address.TryParse(argument, _format.Addresses, out var address) == AddressError.None
                    ? new AddressDescriptor(address)
                    : throw new FormatException("Address is not valid");
            case "tr":
                if (!isTop) throw new FormatException("Can only have tr at top level");
                return ParseTaproot(argument);
            case "rawtr":
                if (!isTop) throw new FormatException("Can only have rawtr at top level");
                return new KeyDescriptor(function, ParseKey(function, argument, DescriptorContext.P2tr));
            case "raw":
                if (!isTop) throw new FormatException("Can only have raw() at top level");
                return new RawDescriptor(ParseHex(argument) ?? throw new FormatException("Raw script is not hex"));
        }

        throw new FormatException(context switch
        {
            DescriptorContext.P2sh => "A function is needed within P2SH",
            DescriptorContext.P2wsh => "A function is needed within P2WSH",
            _ => $"'{text}' is not a valid descriptor function",
        });
    }

    private Descriptor ParseInner(string text, DescriptorContext context)
    {
        var reader = new DescriptorReader(text);
        var inner = ParseScript(reader.ReadExpression(), context);
        return reader.IsAtEnd ? inner : throw new FormatException($"'{text}' is not a valid descriptor function");
    }

    private KeyExpression ParseKey(string function, string text, DescriptorContext context)
    {
        try
        {
            return _keys.Parse(text, context);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{function}(): {e.Message}", e);
        }
    }

    private MultiDescriptor ParseMulti(string text, DescriptorContext context, bool isSorted)
    {
        var reader = new DescriptorReader(text);
        var threshold = reader.ReadExpression();
        if (!uint.TryParse(threshold, NumberStyles.None, CultureInfo.InvariantCulture, out var required)) throw new FormatException($"Multi threshold '{threshold}' is not valid");
        var keys = new List<KeyExpression>();
        while (!reader.IsAtEnd)
        {
            if (!reader.TrySkip(',')) throw new FormatException($"Multi: expected ',', got '{reader.Next}'");
            try
            {
                keys.Add(_keys.Parse(reader.ReadExpression(), context));
            }
            catch (FormatException e)
            {
                throw new FormatException($"Multi: {e.Message}", e);
            }
        }

        CheckMulti(required, keys, context);
        return new MultiDescriptor((int)required, keys, isSorted, isLeaf: context == DescriptorContext.P2tr);
    }

    private static void CheckMulti(uint required, List<KeyExpression> keys, DescriptorContext context)
    {
        const int SizeOfCounts = 3;
        var most = context == DescriptorContext.P2tr ? MaxLeafKeys : SigOps.MaxPublicKeysPerMultiSig;
        if (keys.Count == 0 || keys.Count > most) throw new FormatException($"Cannot have {keys.Count} keys in multisig; must have between 1 and {most} keys, inclusive");
        if (required < 1) throw new FormatException("Multisig threshold cannot be 0, must be at least 1");
        if (required > keys.Count)
            throw new FormatException($"Multisig threshold cannot be larger than the number of keys; threshold is {required} but only {keys.Count} keys specified");
        if (context == DescriptorContext.Top && keys.Count > MaxBareKeys)
            throw new FormatException($"Cannot have {keys.Count} pubkeys in bare multisig; only at most {MaxBareKeys} pubkeys");
        var size = keys.Sum(key => key.Size + 1) + SizeOfCounts;
        if (context == DescriptorContext.P2sh && size > ScriptInterpreter.MaxElementSize)
            throw new FormatException($"P2SH script is too large, {size} bytes is larger than {ScriptInterpreter.MaxElementSize} bytes");
    }

    private TaprootDescriptor ParseTaproot(string text)
    {
        var reader = new DescriptorReader(text);
        var innerKey = ParseKey("tr", reader.ReadExpression(), DescriptorContext.P2tr);
        if (reader.IsAtEnd) return new TaprootDescriptor(innerKey, null);
        if (!reader.TrySkip(',')) throw new FormatException($"tr: expected ',', got '{reader.Next}'");
        var tree = ParseTree(reader, depth: 0);
        return reader.IsAtEnd ? new TaprootDescriptor(innerKey, tree) : throw new FormatException($"tr(): expected end after script expression, got '{reader.Next}'");
    }

    private TaprootTree ParseTree(DescriptorReader reader, int depth)
    {
        if (depth > Taproot.MaxDepth) throw new FormatException($"tr() supports at most {Taproot.MaxDepth} nesting levels");
        if (!reader.TrySkip('{')) return new TaprootTree(ParseScript(reader.ReadExpression(), DescriptorContext.P2tr));
        var left = ParseTree(reader, depth + 1);
        if (!reader.TrySkip(',')) throw new FormatException($"tr(): expected ',' after script expression, got '{reader.Next}'");
        var right = ParseTree(reader, depth + 1);
        return reader.TrySkip('}') ? new TaprootTree(left, right) : throw new FormatException($"tr(): expected '}}' after script expression, got '{reader.Next}'");
    }

    /// <summary><c>name(argument)</c>; an empty name where the text has no such form.</summary>
    private static (string Function, string Argument) SplitFunction(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        return open > 0 && text[^1] == ')' ? (text[..open], text[(open + 1)..^1]) : ("", "");
    }

    private static byte[]? ParseHex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return text.Length > 0 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }
}
