using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Chain.Tests;

/// <summary>What works in these tests and not in the published program, which is trimmed.</summary>
public sealed class TrimmingTests
{
    /// <summary>
    /// <c>JsonArray.Add&lt;T&gt;</c> asks a serializer that is trimmed away; a list in brackets calls it where an element is no
    /// <c>JsonNode</c>.
    /// </summary>
    [Fact]
    public void Program_AddsNothingButNodesToJsonArrays()
    {
        using var file = new PEReader(File.OpenRead(typeof(Chain.Node.Commands.CommandLine).Assembly.Location));
        var reader = file.GetMetadataReader();
        var generic = Enumerable.Range(1, reader.GetTableRowCount(TableIndex.MethodSpec))
            .Select(row => reader.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row)).Method)
            .Where(method => method.Kind == HandleKind.MemberReference)
            .Select(method => reader.GetMemberReference((MemberReferenceHandle)method))
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name)}.{reader.GetString(member.Name)}")
            .ToHashSet();
        Assert.Contains("Array.Empty", generic);
        Assert.DoesNotContain("JsonArray.Add", generic);
        Assert.DoesNotContain("JsonValue.Create", generic);
    }
}
