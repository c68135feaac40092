namespace Chain.Core.Encoding;

/// <summary>
/// Where the mistakes in a text of bech32 or bech32m are, as Core tells it. The code is linear: each changed value adds a
/// remainder of its own, and of up to two mistakes the remainder belongs to no others.
/// </summary>
public static class Bech32Errors
{
    /// <summary>What is wrong with a text that does not decode, and the places of the characters, where they can be told.</summary>
    public static (string Message, IReadOnlyList<int> Places) Locate(string text)
    {
        if (text.Length > Bech32.MaxLength) return ("Bech32 string too long", [.. Enumerable.Range(Bech32.MaxLength, text.Length - Bech32.MaxLength)]);
        if (FindStrangers(text) is { Count: > 0 } strangers) return ("Invalid character or mixed case", strangers);
        var lower = text.ToLowerInvariant();
        var separator = lower.LastIndexOf(Bech32.Separator);
        if (separator < 0) return ("Missing separator", []);
        if (separator == 0 || separator + Bech32.ChecksumSize >= lower.Length) return ("Invalid separator position", [separator]);
        var values = new byte[lower.Length - separator - 1];
        for (var i = 0; i < values.Length; i++)
        {
            var value = Bech32.Alphabet.IndexOf(lower[separator + 1 + i], StringComparison.Ordinal);
            if (value < 0) return ("Invalid Base 32 character", [separator + 1 + i]);
            values[i] = (byte)value;
        }

        var remainder = Bech32.Remainder(lower[..separator], values);
        var first = FindMistakes(remainder ^ Bech32.Constant(Bech32Variant.Bech32), values.Length);
        var second = FindMistakes(remainder ^ Bech32.Constant(Bech32Variant.Bech32m), values.Length);
        if (first.Count == 0 && second.Count == 0) return ("Invalid checksum", []);

        // Fewer mistakes are likelier.
        var isSecond = first.Count == 0 || (second.Count > 0 && second.Count < first.Count);
        return (isSecond ? "Invalid Bech32m checksum" : "Invalid Bech32 checksum", [.. (isSecond ? second : first).Select(place => separator + 1 + place)]);
    }

    /// <summary>Characters that cannot be printed, and letters in the other case than the first one has.</summary>
    private static List<int> FindStrangers(string text)
    {
        var strangers = new List<int>();
        bool hasLower = false, hasUpper = false;
        for (var i = 0; i < text.Length; i++)
        {
            var isLower = char.IsAsciiLetterLower(text[i]);
            var isUpper = char.IsAsciiLetterUpper(text[i]);
            if ((isLower && hasUpper) || (isUpper && hasLower) || text[i] is < '!' or > '~') strangers.Add(i);
            else (hasLower, hasUpper) = (hasLower || isLower, hasUpper || isUpper);
        }

        return strangers;
    }

    /// <summary>The one or two values whose change explains a remainder; none where it takes more.</summary>
    private static List<int> FindMistakes(uint remainder, int length)
    {
        var places = new Dictionary<uint, int>();
        for (var place = 0; place < length; place++)
        {
            for (var change = 1u; change < 32; change++)
            {
                var state = change;
                for (var i = place + 1; i < length; i++) state = Bech32.Step(state, 0);
                places[state] = place;
            }
        }

        if (places.TryGetValue(remainder, out var only)) return [only];
        foreach (var (state, place) in places)
        {
            if (places.TryGetValue(remainder ^ state, out var other) && other != place) return [Math.Min(place, other), Math.Max(place, other)];
        }

        return [];
    }
}
