using Chain.Core.Primitives;

namespace Chain.Node;

/// <summary>What to tell somebody whose address is none.</summary>
public static class AddressText
{
    /// <summary>A sentence that says what is wrong with the text, and what to do.</summary>
    public static string Explain(string text, AddressError error) => error switch
    {
        AddressError.Version => $"'{text}' is an address of another chain. Ask for an address of this one.",
        AddressError.Program => $"'{text}' is not an address: it names no witness program.",
        AddressError.Length => $"'{text}' is not an address: it has the wrong length.",
        _ => $"'{text}' is not an address: a character or the checksum is wrong. Copy it again in full.",
    };
}
