namespace Chain.Core.Descriptors;

/// <summary>The eight characters behind a <c>#</c> that find mistakes in a descriptor (BIP380).</summary>
public static class DescriptorChecksum
{
    /// <summary>The number of its characters.</summary>
    public const int Size = 8;

    /// <summary>What may stand in a descriptor, in groups of 32 so that a mistake of case changes one value only.</summary>
    private const string Characters =
        "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /// <summary>The checksum of a descriptor without one; null where a character is none of those that may stand in it.</summary>
    public static string? TryCompute(string descriptor)
    {
        var state = 1UL;
        int group = 0, count = 0;
        foreach (var character in descriptor)
        {
            var position = Characters.IndexOf(character, StringComparison.Ordinal);
            if (position < 0) return null;
            state = Step(state, position & 31);
            group = group * 3 + (position >> 5);
            if (++count < 3) continue;
            state = Step(state, group);
            (group, count) = (0, 0);
        }

        if (count > 0) state = Step(state, group);
        for (var i = 0; i < Size; i++) state = Step(state, 0);
        state ^= 1;
        return string.Create(Size, state, (text, s) =>
        {
            for (var i = 0; i < Size; i++) text[i] = Alphabet[(int)((s >> (5 * (Size - 1 - i))) & 31)];
        });
    }

    /// <summary>The descriptor with <c>#</c> and its checksum behind it.</summary>
    public static string Append(string descriptor) =>
        TryCompute(descriptor) is { } checksum ? $"{descriptor}#{checksum}" : throw new ArgumentException("A descriptor cannot have this text.", nameof(descriptor));

    /// <summary>Takes the checksum off, which must be right where there is one; otherwise says what is wrong, in Core's words.</summary>
    public static bool TryRemove(string text, bool isRequired, out string descriptor, out string error)
    {
        (descriptor, error) = ("", "");
        var parts = text.Split('#');
        if (parts.Length > 2)
        {
            error = "Multiple '#' symbols";
            return false;
        }

        if (parts.Length == 1 && isRequired)
        {
            error = "Missing checksum";
            return false;
        }

        if (parts.Length == 2 && parts[1].Length != Size)
        {
            error = $"Expected 8 character checksum, not {parts[1].Length} characters";
            return false;
        }

        if (TryCompute(parts[0]) is not { } checksum)
        {
            error = "Invalid characters in payload";
            return false;
        }

        if (parts.Length == 2 && parts[1] != checksum)
        {
            error = $"Provided checksum '{parts[1]}' does not match computed checksum '{checksum}'";
            return false;
        }

        descriptor = parts[0];
        return true;
    }

    /// <summary>One step of the division of a polynomial over 32 elements by the code's generator.</summary>
    private static ulong Step(ulong state, int value)
    {
        ReadOnlySpan<ulong> generator = [0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd];
        var top = state >> 35;
        state = ((state & 0x7ffffffff) << 5) ^ (ulong)value;
        for (var i = 0; i < generator.Length; i++)
        {
            if (((top >> i) & 1) != 0) state ^= generator[i];
        }

        return state;
    }
}
