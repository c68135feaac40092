using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests;

/// <summary>decode(encode(x)) = x for everything that has an encoding, and nothing that has one is forgotten.</summary>
public class RoundTripTests(ITestOutputHelper output)
{
    private const int Cases = 300;

    private static readonly Dictionary<Type, Action<Generate>> All = RoundTrips.OfTheCore.Concat(RoundTripsOfTheNode.All).ToDictionary();

    public static TheoryData<string> Types => [.. All.Keys.Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Decode_OfWhatWasEncoded_IsTheSame(string type) =>
        Property.Check(output, Cases, All.Single(pair => pair.Key.FullName == type).Value);

    /// <summary>A type that reads bytes or text needs a case above, or a reason why it has no encoding of its own.</summary>
    [Fact]
    public void EveryTypeThatReadsAnEncoding_HasACase()
    {
        var assemblies = (Type[])[typeof(Block), typeof(Chainstate), typeof(Message), typeof(FullNode)];
        var found = assemblies.SelectMany(type => type.Assembly.GetTypes()).Where(HasEncoding).ToHashSet();
        Assert.Equal("", string.Join(", ", found.Except(All.Keys).Except(RoundTripsOfTheNode.WithoutEncoding.Keys).Select(type => type.FullName)));
        Assert.Equal("", string.Join(", ", RoundTripsOfTheNode.WithoutEncoding.Keys.Except(found).Select(type => type.FullName)));
        Assert.Empty(RoundTripsOfTheNode.WithoutEncoding.Keys.Intersect(All.Keys).Select(type => type.FullName));
        output.WriteLine($"{found.Count} types read something, {All.Count} have round trips");
    }

    [Fact]
    public void HasEncoding_OfATypeThatReads_IsSeen()
    {
        Assert.True(HasEncoding(typeof(Reading)));
        Assert.False(HasEncoding(typeof(Writing)));
    }

    private static bool HasEncoding(Type type) =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !(type.IsAbstract && type.IsAssignableTo(typeof(Message)))
        && (type.IsSubclassOf(typeof(Message))
            || type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Any(method => !method.IsPrivate && Regex.IsMatch(method.Name, "^(Try)?(Read|Decode|Parse|From(Undo|Compact))")));

    private sealed class Reading
    {
        internal static Reading TryReadText(string text) => text.Length == 0 ? new Reading() : throw new ArgumentException(text, nameof(text));
    }

    private sealed class Writing
    {
        internal static string Write() => "";
    }
}
