using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>
/// <c>genesis.json</c>: a chain as a file. It names the profile that it began from, every parameter, and the genesis block
/// in hexadecimal; a parameter that is left out has the profile's value. Amounts are decimal coins, targets and the magic
/// are hexadecimal text, times are seconds.
/// </summary>
public static class GenesisFile
{
    /// <summary>The name under which a node looks for it in its data directory.</summary>
    public const string FileName = "genesis.json";

    private const int LongestPrefix = 16;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4 };

    /// <summary>Writes all parameters and the genesis block.</summary>
    public static string Write(ChainParams p) => new JsonObject
    {
        ["profile"] = p.Profile,
        ["magic"] = MagicText(p.Magic),
        ["defaultPort"] = p.DefaultPort,
        ["addressVersion"] = p.AddressVersion,
        ["scriptAddressVersion"] = p.ScriptAddressVersion,
        ["bech32Hrp"] = p.Bech32Hrp,
        ["wifVersion"] = p.WifVersion,
        ["subsidy"] = p.Subsidy.ToCoins(),
        ["halvingInterval"] = p.HalvingInterval,
        ["coinbaseMaturity"] = p.CoinbaseMaturity,
        ["genesisSpendable"] = p.GenesisSpendable,
        ["targetSpacing"] = p.TargetSpacing,
        ["retargetInterval"] = p.RetargetInterval,
        ["retargeting"] = p.Retargeting,
        ["allowMinDifficultyBlocks"] = p.AllowMinDifficultyBlocks,
        ["powLimit"] = p.PowLimit.Bits.ToString("x8", CultureInfo.InvariantCulture),
        ["maxBlockWeight"] = p.MaxBlockWeight,
        ["maxBlockSigOpsCost"] = p.MaxBlockSigOpsCost,
        ["maxFutureBlockTime"] = p.MaxFutureBlockTime,
        ["bip34Height"] = p.Bip34Height,
        ["bip65Height"] = p.Bip65Height,
        ["bip66Height"] = p.Bip66Height,
        ["csvHeight"] = p.CsvHeight,
        ["segwitHeight"] = p.SegwitHeight,
        ["taprootHeight"] = p.TaprootHeight,
        ["minRelayFeeRate"] = p.MinRelayFeeRate,
        ["genesis"] = Convert.ToHexStringLower(p.Genesis.Raw.Span),
    }.ToJsonString(Indented) + "\n";

    /// <summary>
    /// Reads a file's text. Null with a sentence in <paramref name="error"/> where it is no JSON, names an unknown profile or
    /// parameter, gives a value out of range, or its genesis block breaks a rule.
    /// </summary>
    public static ChainParams? TryParse(string text, out string? error) => TryRead(text, Parse, out error);

    /// <summary>
    /// Applies parameters, without a genesis block, to those of a chain that is about to be created. Null with a sentence in
    /// <paramref name="error"/> where a name or a value is wrong.
    /// </summary>
    public static ChainParams? TryApply(ChainParams start, string text, out string? error) =>
        TryRead(text, root => ApplyWithoutGenesis(start, root), out error);

    /// <summary>The four bytes of a magic in the order in which they are sent, in hexadecimal.</summary>
    public static string MagicText(uint magic) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(magic).ToString("x8", CultureInfo.InvariantCulture);

    private static ChainParams? TryRead(string text, Func<JsonElement, ChainParams> read, out string? error)
    {
        try
        {
            error = null;
            using var document = JsonDocument.Parse(text, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("it is no JSON object");
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            error = $"it is no JSON: {e.Message.Split(" LineNumber")[0]}";
        }
        catch (FormatException e)
        {
            error = e.Message;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws when an escaped half of a surrogate pair is read as text.
            error = "it holds a text that is no Unicode";
        }

        return null;
    }

    private static ChainParams ApplyWithoutGenesis(ChainParams start, JsonElement root) =>
        root.TryGetProperty("genesis", out _)
            ? throw new FormatException("'genesis' cannot be given here: the block is about to be made")
            : Apply(start, root);

    private static ChainParams Parse(JsonElement root)
    {
        var profile = root.TryGetProperty("profile", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        var genesis = root.TryGetProperty("genesis", out var hex) ? ReadBlock(hex) : null;
        var start = profile switch
        {
            Profiles.RegtestName => Profiles.Regtest,
            Profiles.Private => Profiles.PrivateChain(genesis ?? throw new FormatException("'genesis', the first block, is missing")),
            null => throw new FormatException("'profile' is missing: it is \"private\" or \"regtest\""),
            _ => throw new FormatException($"'profile' is \"{profile}\"; it can be \"private\" or \"regtest\""),
        };
        var result = Apply(start with { Genesis = genesis ?? start.Genesis }, root);
        var violation = BlockRules.CheckGenesis(result);
        return violation is null ? result : throw new FormatException($"the genesis block breaks a rule: {violation.RejectReason}");
    }

    private static ChainParams Apply(ChainParams start, JsonElement root)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var result = start;
        foreach (var property in root.EnumerateObject())
        {
            if (!seen.Add(property.Name)) throw new FormatException($"'{property.Name}' stands there twice");
            var value = property.Value;
            int Int(int min, int max = int.MaxValue) => (int)ReadInteger(property.Name, value, min, max);
            result = property.Name switch
            {
                "profile" or "genesis" => result,
                "magic" => result with { Magic = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(ReadHex32(property.Name, value)) },
                "defaultPort" => result with { DefaultPort = Int(1, 65535) },
                "addressVersion" => result with { AddressVersion = (byte)Int(0, 255) },
                "scriptAddressVersion" => result with { ScriptAddressVersion = (byte)Int(0, 255) },
                "bech32Hrp" => result with { Bech32Hrp = ReadPrefix(property.Name, value) },
                "wifVersion" => result with { WifVersion = (byte)Int(0, 255) },
                "subsidy" => result with { Subsidy = ReadAmount(property.Name, value) },
                "halvingInterval" => result with { HalvingInterval = Int(0) },
                "coinbaseMaturity" => result with { CoinbaseMaturity = Int(1) },
                "genesisSpendable" => result with { GenesisSpendable = ReadBool(property.Name, value) },
                "targetSpacing" => result with { TargetSpacing = Int(1, 1_000_000) },
                "retargetInterval" => result with { RetargetInterval = Int(2, 1_000_000) },
                "retargeting" => result with { Retargeting = ReadBool(property.Name, value) },
                "allowMinDifficultyBlocks" => result with { AllowMinDifficultyBlocks = ReadBool(property.Name, value) },
                "powLimit" => result with { PowLimit = ReadTarget(property.Name, value) },
                "maxBlockWeight" => result with { MaxBlockWeight = Int(20_000, 4_000_000) },
                "maxBlockSigOpsCost" => result with { MaxBlockSigOpsCost = Int(2_000, 4_000_000) },
                "maxFutureBlockTime" => result with { MaxFutureBlockTime = Int(1, 100_000_000) },
                "bip34Height" => result with { Bip34Height = Int(0) },
                "bip65Height" => result with { Bip65Height = Int(0) },
                "bip66Height" => result with { Bip66Height = Int(0) },
                "csvHeight" => result with { CsvHeight = Int(0) },
                "segwitHeight" => result with { SegwitHeight = Int(0) },
                "taprootHeight" => result with { TaprootHeight = Int(0) },
                "minRelayFeeRate" => result with { MinRelayFeeRate = ReadInteger(property.Name, value, 0, Amount.Coin) },
                _ => throw new FormatException($"'{property.Name}' is no parameter of a chain"),
            };
        }

        // Else the address of a script would be read as that of a key, and what is paid there be lost.
        return result.AddressVersion != result.ScriptAddressVersion ? result : throw new FormatException("'addressVersion' and 'scriptAddressVersion' must differ");
    }

    private static Block ReadBlock(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw new FormatException("'genesis' must be the block in hexadecimal");
        var text = value.GetString()!;
        byte[] bytes;
        try
        {
            bytes = Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            throw new FormatException("'genesis' is not hexadecimal: the file is damaged");
        }

        return Block.TryDecode(bytes) ?? throw new FormatException("'genesis' is not the encoding of a block: the file is damaged");
    }

    private static long ReadInteger(string name, JsonElement value, long min, long max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"'{name}' must be a whole number from {min} to {max}");

    private static bool ReadBool(string name, JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException($"'{name}' must be true or false");

    private static Amount ReadAmount(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var coins) && Amount.TryFromCoins(coins, out var amount)
            ? amount
            : throw new FormatException($"'{name}' must be a number of coins with at most 8 decimals");

    /// <summary>So short that an address with the longest witness program keeps to bech32's 90 characters.</summary>
    private static string ReadPrefix(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: >= 1 and <= LongestPrefix } text
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? text
            : throw new FormatException($"'{name}' must be text of 1 to {LongestPrefix} lower-case letters and digits");

    private static uint ReadHex32(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: 8 } text
        && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{name}' must be text of 8 hexadecimal digits");

    private static Target ReadTarget(string name, JsonElement value) =>
        Target.TryFromCompact(ReadHex32(name, value), out var target)
            ? target
            : throw new FormatException($"'{name}' is no target: zero, negative or beyond 256 bits");
}
