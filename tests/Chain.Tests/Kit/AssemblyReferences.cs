using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Chain.Tests.Kit;

/// <summary>What a compiled assembly refers to, from its metadata: assemblies, types and members, used anywhere in it.</summary>
public sealed class AssemblyReferences
{
    private AssemblyReferences(MetadataReader reader)
    {
        Assemblies = [.. reader.AssemblyReferences.Select(h => reader.GetString(reader.GetAssemblyReference(h).Name))];
        Types = [.. reader.TypeReferences.Select(h => NameOf(reader, h))];
        Members =
        [
            .. from handle in reader.MemberReferences
               let member = reader.GetMemberReference(handle)
               where member.Parent.Kind == HandleKind.TypeReference
               select $"{NameOf(reader, (TypeReferenceHandle)member.Parent)}.{reader.GetString(member.Name)}",
        ];
        DeclaredTypes = [.. reader.TypeDefinitions.Select(h => reader.GetString(reader.GetTypeDefinition(h).Name))];
    }

    public IReadOnlyCollection<string> Assemblies { get; }

    /// <summary>The types of other assemblies, with their namespaces.</summary>
    public IReadOnlyCollection<string> Types { get; }

    /// <summary>The members of such types; a property appears as its accessors.</summary>
    public IReadOnlyCollection<string> Members { get; }

    /// <summary>The names of the types that are declared here, nested ones too.</summary>
    public IReadOnlyCollection<string> DeclaredTypes { get; }

    /// <summary>Reads an assembly that lies beside the tests.</summary>
    public static AssemblyReferences Of(string assembly)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var file = new PEReader(stream);
        return new AssemblyReferences(file.GetMetadataReader());
    }

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }
}
