namespace Chain.Node.Rpc;

/// <summary>The kind of JSON value that a parameter takes (Core: RPCArg::Type).</summary>
public enum RpcType
{
    /// <summary>Any: the method itself looks at it.</summary>
    Any,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A text of hexadecimal digits.</summary>
    Hex,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>Money: a number of coins, or a text that is one. What it holds is looked at by the method.</summary>
    Amount,

    /// <summary>A list.</summary>
    List,

    /// <summary>Named values.</summary>
    Members,
}

/// <summary>The names of types: in the description of a method's parameters, in help, and in errors.</summary>
public static class RpcTypes
{
    private static readonly (string Word, RpcType Type)[] Words =
    [
        ("any", RpcType.Any), ("string", RpcType.Text), ("hex", RpcType.Hex), ("number", RpcType.Number), ("bool", RpcType.Flag),
        ("amount", RpcType.Amount), ("array", RpcType.List), ("object", RpcType.Members),
    ];

    /// <summary>The type that a word names. Throws <see cref="ArgumentException"/> where it names none.</summary>
    public static RpcType Parse(string word)
    {
        foreach (var (name, type) in Words)
        {
            if (name == word) return type;
        }

        throw new ArgumentException($"'{word}' is no type of a parameter", nameof(word));
    }

    /// <summary>The word for a type.</summary>
    public static string Word(this RpcType type) => Words.First(pair => pair.Type == type).Word;

    /// <summary>The JSON type that a value must have, by the name that it has in errors; null where any is looked at.</summary>
    public static string? JsonType(this RpcType type) => type switch
    {
        RpcType.Any or RpcType.Amount => null,
        RpcType.Hex => "string",
        _ => type.Word(),
    };
}
