using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;

namespace Chain.Node.Rpc;

/// <summary>The parameters of one call by position, read by type; what does not fit is an <see cref="RpcException"/> with Core's code.</summary>
public sealed class RpcParams
{
    private readonly IReadOnlyList<JsonNode?> _values;
    private readonly IReadOnlyList<string> _names;

    /// <summary>Takes positional values with the names that the method gives them.</summary>
    public RpcParams(IReadOnlyList<JsonNode?> values, IReadOnlyList<string> names)
    {
        _values = values;
        _names = names;
    }

    /// <summary>All values as they came.</summary>
    public IReadOnlyList<JsonNode?> Values => _values;

    /// <summary>Whether a value other than null was given.</summary>
    public bool Has(int index) => index < _values.Count && _values[index] is not null;

    /// <summary>
    /// How much detail is wanted: a number, or false for 0 and true for 1; a fallback where nothing was given (Core:
    /// ParseVerbosity).
    /// </summary>
    public int Verbosity(int index, int fallback) => Node(index)?.GetValueKind() switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => Integer(index, fallback),
    };

    /// <summary>A value as it came; null where none was given.</summary>
    public JsonNode? Node(int index) => _values.ElementAtOrDefault(index);

    /// <summary>A list.</summary>
    public JsonArray List(int index) => Value(index, JsonValueKind.Array, "array").AsArray();

    /// <summary>Named values.</summary>
    public JsonObject Members(int index) => Value(index, JsonValueKind.Object, "object").AsObject();

    /// <summary>
    /// Money: a number, or a text that is one, of coins with at most 8 decimals, from 0 to <see cref="Core.Primitives.Amount.MaxMoney"/>
    /// (Core: AmountFromValue).
    /// </summary>
    public Amount Amount(int index) => AmountOf(_values.ElementAtOrDefault(index));

    /// <summary>Money in a value that stands elsewhere than among the parameters.</summary>
    public static Amount AmountOf(JsonNode? value)
    {
        var text = value?.GetValueKind() switch
        {
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.String => value.GetValue<string>(),
            _ => throw new RpcException(RpcErrorCode.TypeError, "Amount is not a number or string"),
        };
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var coins)
            || Math.Abs(coins) > long.MaxValue / Core.Primitives.Amount.Coin || coins * Core.Primitives.Amount.Coin % 1 != 0)
            throw new RpcException(RpcErrorCode.TypeError, "Invalid amount");
        return Core.Primitives.Amount.TryFromCoins(coins, out var amount) ? amount : throw new RpcException(RpcErrorCode.TypeError, "Amount out of range");
    }

    /// <summary>Text.</summary>
    public string Text(int index) => Value(index, JsonValueKind.String, "string").GetValue<string>();

    /// <summary>A whole number; a fallback where none was given.</summary>
    public int Integer(int index, int? fallback = null) =>
        (int)Integer(index, fallback, int.MinValue, int.MaxValue);

    /// <summary>A whole number of 64 bits; a fallback where none was given.</summary>
    public long Long(int index, long? fallback = null) => Integer(index, fallback, long.MinValue, long.MaxValue);

    /// <summary>A number; a fallback where none was given.</summary>
    public double Number(int index, double? fallback = null) =>
        !Has(index) && fallback is { } value ? value : double.Parse(Value(index, JsonValueKind.Number, "number").ToJsonString(), CultureInfo.InvariantCulture);

    /// <summary>True or false; a fallback where none was given.</summary>
    public bool Flag(int index, bool? fallback = null)
    {
        if (!Has(index) && fallback is { } value) return value;
        var given = _values.ElementAtOrDefault(index);
        return given?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? given.GetValue<bool>() : throw WrongType(given, "bool");
    }

    /// <summary>The hash of a block, 64 hexadecimal digits; <paramref name="name"/> is what an error calls it, where not as the parameter.</summary>
    public BlockHash BlockHash(int index, string? name = null) =>
        Core.Primitives.BlockHash.TryParse(Text(index), out var hash) ? hash : throw NoHash(index, name);

    /// <summary>The id of a transaction, 64 hexadecimal digits.</summary>
    public TxId TxId(int index, string? name = null) => Core.Primitives.TxId.TryParse(Text(index), out var id) ? id : throw NoHash(index, name);

    /// <summary>Bytes in hexadecimal; null where the text is not.</summary>
    public byte[]? Hex(int index)
    {
        var text = Text(index);
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>An address of a chain that writes them so.</summary>
    public Address Address(int index, AddressFormat format)
    {
        var error = Core.Primitives.Address.TryParse(Text(index), format, out var address);
        return error == AddressError.None ? address : throw new RpcException(RpcErrorCode.InvalidAddressOrKey, AddressText.Explain(Text(index), error));
    }

    private long Integer(int index, long? fallback, long least, long most)
    {
        if (!Has(index) && fallback is { } value) return value;

        // By its text, as in Core: 1e5 is a number, and no integer.
        var text = Value(index, JsonValueKind.Number, "number").ToJsonString();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");
    }

    private JsonNode Value(int index, JsonValueKind kind, string type)
    {
        var value = _values.ElementAtOrDefault(index);
        return value?.GetValueKind() == kind ? value : throw WrongType(value, type);
    }

    private static RpcException WrongType(JsonNode? value, string type) =>
        new(RpcErrorCode.TypeError, RpcParameter.Mismatch(RpcParameter.JsonType(value), type));

    private RpcException NoHash(int index, string? name)
    {
        var text = Text(index);
        name ??= _names[index];
        return new RpcException(RpcErrorCode.InvalidParameter, text.Length == 64
            ? $"{name} must be hexadecimal string (not '{text}')"
            : $"{name} must be of length 64 (not {text.Length}, for '{text}')");
    }
}
