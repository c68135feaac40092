using System.Xml.Linq;
using Chain.Tests.Kit;

namespace Chain.Tests;

/// <summary>
/// The direction of dependencies, between projects and inside them: arrows only downward. What the compiler cannot forbid
/// is read from the sources and from the compiled assemblies.
/// </summary>
public class LayeringTests
{
    private static readonly LayerOrder Core = new("Chain.Core",
        [new("Consensus"), new("Pbft"), new("Psbt"), new("Descriptors")], [new("Coins"), new("Signing")], [new("Scripts")], [new("Primitives")], [new("Cryptography")], [new("Encoding")]);

    private static readonly LayerOrder State = new("Chain.State",
        [new("BlockAssembler", "BlockAssembler", "BlockProposal", "BlockTemplates", "BranchAssembler")],
        [new("Mempool", "Mempool", "MempoolCandidate", "MempoolChecks", "MempoolStore", "PoolCoins", "DisconnectedTransactions", "MempoolEntry", "MempoolGraph", "MempoolPolicy", "MempoolPriorities", "MempoolRemovalReason", "MempoolTest", "AncestorLimits", "RollingMinFee", "PolicyError", "PoolScripts",
            "ReplacementRules", "Standardness", "TransactionRejection")],
        [new("Chainstate", "BlockImporter", "ChainVerifier", "Chainstate", "ChainstateOptions", "CoinAudit", "CoinCache", "CoinChanges", "CoinMoment", "CoinStatistics", "CoinWriter", "HeaderShares", "IndexStep", "ParallelScriptVerifier", "ProcessBlockResult", "RebuiltCoins", "ScriptCache", "SubmittedHeaders", "TransactionIndex", "TreeLoading")],
        [new("BlockTree", "BlockTree", "BlockNode")],
        [new("Storage")]);

    private static readonly LayerOrder Network = new("Chain.Network",
        [new("Discovery")],
        [new("PeerSet", "PeerSet", "PeerSetOptions", "ConnectResult", "PersistentPeer", "Dialer", "GossipDialer", "Backoff", "AddressBook", "AddressExchange", "KnownAddress", "BanList", "BannedNet", "PermittedNet", "PermissionText", "IPSubnet", "NetworkNames")],
        [new("Peer", "Peer", "VersionHandshake", "PeerOptions", "PeerClock", "PeerEndPoint", "IPeerObserver", "ActivationGate", "ConnectionEnd", "TaskSet", "FrameReader", "FrameWriter", "IncomingFrame", "SendQueue", "ConnectionKind", "LinkConditions", "PeerPermissions", "PeerTraffic", "ToldAddresses")],
        [new("Messages"), new("Transport")]);

    [Theory]
    [InlineData("Chain.Core", "")]
    [InlineData("Chain.State", "Chain.Core")]
    [InlineData("Chain.Network", "Chain.Core")]
    [InlineData("Chain.Node", "Chain.Core Chain.Network Chain.State")]
    public void ProjectFile_RefersOnlyDownward(string project, string expected)
    {
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Equal(expected, string.Join(' ', references.Order(StringComparer.Ordinal)));
        Assert.DoesNotContain(file.Descendants("Using"), u => u.Attribute("Include")!.Value.StartsWith("Chain", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Chain.Core", "")]
    [InlineData("Chain.State", "Chain.Core")]
    [InlineData("Chain.Network", "Chain.Core")]
    [InlineData("chain", "Chain.Core Chain.Network Chain.State")]
    public void Assembly_RefersOnlyDownward(string assembly, string allowed)
    {
        string[] ours = ["Chain.Core", "Chain.State", "Chain.Network", "chain"];
        Assert.Empty(AssemblyReferences.Of(assembly).Assemblies.Intersect(ours).Except(allowed.Split(' ')));
    }

    /// <summary>Only State touches the database, only Network the sockets, only Node the web.</summary>
    [Theory]
    [InlineData("Chain.Core", "System.Net.", "Microsoft.", "System.IO.Pipe")]
    [InlineData("Chain.State", "System.Net.", "Microsoft.AspNetCore.")]
    [InlineData("Chain.Network", "Microsoft.AspNetCore.", "System.IO.File")]
    public void Assembly_UsesNoneOfWhatIsAnothersWork(string assembly, params string[] prefixes)
    {
        var types = AssemblyReferences.Of(assembly).Types;
        Assert.DoesNotContain(types, t => prefixes.Any(p => t.StartsWith(p, StringComparison.Ordinal)));
    }

    /// <summary>Core decides from its arguments alone: no clock, chance, files, sockets, threads or console.</summary>
    [Fact]
    public void Core_IsPure()
    {
        var core = AssemblyReferences.Of("Chain.Core");
        string[] types =
        [
            "System.Random", "System.Console", "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Threading.Thread",
            "System.Threading.Tasks.Task", "System.Threading.Tasks.Parallel", "System.IO.File", "System.IO.FileStream",
            "System.IO.FileInfo", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.StreamReader", "System.IO.StreamWriter",
        ];
        Assert.Empty(core.Types.Intersect(types));
        string[] members =
        [
            "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
            "System.DateTimeOffset.get_UtcNow", "System.Environment.get_TickCount", "System.Environment.get_TickCount64",
            "System.Environment.GetEnvironmentVariable", "System.Guid.NewGuid",
        ];
        Assert.Empty(core.Members.Intersect(members));
    }

    [Fact]
    public void AssemblyReferences_OfTheTestsThemselves_SeeWhatTheyUse()
    {
        var tests = AssemblyReferences.Of("Chain.Tests");
        Assert.Contains("System.IO.File", tests.Types);
        Assert.Contains("System.Environment.GetEnvironmentVariable", tests.Members);
        Assert.Contains("Chain.Core", tests.Assemblies);
        Assert.Contains(nameof(LayeringTests), tests.DeclaredTypes);
    }

    /// <summary>These four are namespaces: a type of that name would hide the namespace wherever it is seen.</summary>
    [Theory]
    [InlineData("Chain.Core")]
    [InlineData("Chain.State")]
    [InlineData("Chain.Network")]
    [InlineData("chain")]
    public void NoType_TakesTheNameOfANamespace(string assembly) =>
        Assert.Empty(AssemblyReferences.Of(assembly).DeclaredTypes.Intersect(["Chain", "Node", "Network", "State"]));

    [Fact]
    public void CoresFolders_SeeOnlyThoseToTheRight() => AssertOrdered(Core, "Chain.Core");

    [Fact]
    public void StatesParts_SeeOnlyThoseToTheRight() => AssertOrdered(State, "Chain.State");

    [Fact]
    public void NetworksParts_SeeOnlyThoseToTheRight() => AssertOrdered(Network, "Chain.Network");

    /// <summary>A new file must be given its place above; one that was renamed must not fall out of sight.</summary>
    [Fact]
    public void EveryFile_HasAPlaceInTheOrder()
    {
        foreach (var (order, project) in new[] { (Core, "Chain.Core"), (State, "Chain.State"), (Network, "Chain.Network") })
        {
            var files = SourceFile.ReadProject(project);
            Assert.Empty(order.FindStrangers(files));
            Assert.Empty(order.FindMissing(files));
        }
    }

    // What follows proves on made-up sources that the scanner finds every way to break the order, and nothing else.

    [Theory]
    [InlineData("using Chain.Core.Consensus;\nnamespace Chain.Core.Primitives;\nclass A;")]
    [InlineData("using static Chain.Core.Consensus.Rules;\nnamespace Chain.Core.Primitives;\nclass A;")]
    [InlineData("using R = Chain.Core.Consensus.Rules;\nnamespace Chain.Core.Primitives;\nclass A;")]
    [InlineData("namespace Chain.Core.Primitives;\nusing Chain.Core.Consensus;\nclass A;")]
    [InlineData("global using Chain.Core.Consensus;\nnamespace Chain.Core.Primitives;\nclass A;")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { Chain.Core.Consensus.Rules R; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { global::Chain.Core.Consensus.Rules R; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { Core.Consensus.Rules R; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { Consensus.Rules R; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S => $\"{Consensus.Rules.X}\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S => $$\"\"\"{ {{Consensus.Rules.X}} }\"\"\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S = @\"\\\"; Consensus.Rules R; string T = \"\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { char C = '\"'; Consensus.Rules R; char D = '\\''; }")]
    public void Scanner_SourceThatNamesAHigherFolder_IsAViolation(string source) =>
        Assert.Equal(["Primitives/A.cs is of Primitives and names Consensus"], Core.FindViolations([new SourceFile("Primitives/A.cs", source)]));

    [Theory]
    [InlineData("using Chain.Core.Encoding;\nnamespace Chain.Core.Primitives;\nclass A { Cryptography.Hash H; }")]
    [InlineData("namespace Chain.Core.Primitives;\n// using Chain.Core.Consensus;\nclass A;")]
    [InlineData("namespace Chain.Core.Primitives;\n/* Consensus.Rules */ class A;")]
    [InlineData("namespace Chain.Core.Primitives;\n/// <see cref=\"Consensus.Rules\"/>\nclass A;")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S = \"Chain.Core.Consensus.Rules\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S = \"\\\"Consensus.Rules\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S = @\"\"\"Consensus.Rules\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S = \"\"\"a \" Consensus.Rules\"\"\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { string S => $\"{{Consensus.Rules}}\"; }")]
    [InlineData("namespace Chain.Core.Primitives;\nclass A { int Consensus; int B => this.Consensus; }")]
    public void Scanner_SourceThatOnlySpeaksOfAHigherFolder_IsNone(string source) =>
        Assert.Empty(Core.FindViolations([new SourceFile("Primitives/A.cs", source)]));

    [Fact]
    public void Scanner_FoldersOfOneRow_DoNotSeeEachOther() =>
        Assert.Equal(["Pbft/A.cs is of Pbft and names Consensus"],
            Core.FindViolations([new SourceFile("Pbft/A.cs", "using Chain.Core.Consensus;\nusing Chain.Core.Coins;\nnamespace Chain.Core.Pbft;\nclass A;")]));

    [Theory]
    [InlineData("BlockTree.cs", "namespace Chain.State;\nclass BlockTree { Chainstate C; }", "BlockTree.cs is of BlockTree and names Chainstate")]
    [InlineData("BlockTree.cs", "namespace Chain.State;\nclass BlockTree { object O => State.Chainstate.X; }", "BlockTree.cs is of BlockTree and names Chainstate")]
    [InlineData("BlockTree.cs", "namespace Chain.State;\nclass BlockTree { object O => nameof(Inner); }", "BlockTree.cs is of BlockTree and names Chainstate")]
    [InlineData("Storage/Db.cs", "namespace Chain.State.Storage;\nclass Db { Chainstate C; }", "Storage/Db.cs is of Storage and names Chainstate")]
    [InlineData("Mempool.cs", "namespace Chain.State;\nclass Mempool { Chainstate C; }", null)]
    [InlineData("BlockTree.cs", "namespace Chain.State;\nclass BlockTree { object O => this.Chainstate; }", null)]
    public void Scanner_FileThatNamesAHigherType_IsAViolation(string path, string source, string? expected)
    {
        var chainstate = new SourceFile("Chainstate.cs", "namespace Chain.State;\npublic sealed class Chainstate<T> where T : class { private enum Inner { } }");
        Assert.Equal(expected is null ? [] : [expected], State.FindViolations([chainstate, new SourceFile(path, source)]));
    }

    [Fact]
    public void Scanner_FilesWithoutAPlaceAndPlacesWithoutAFile_AreFound()
    {
        SourceFile[] files = [new("Extra.cs", "class Extra;"), new("BlockAssembler.cs", "class BlockAssembler;"), new("Storage/Db.cs", "class Db;")];
        Assert.Equal(["Extra.cs"], State.FindStrangers(files));
        Assert.Contains("Chainstate.cs", State.FindMissing(files));
        Assert.DoesNotContain("BlockAssembler.cs", State.FindMissing(files));
    }

    [Fact]
    public void Scanner_DeclaredTypes_AreOfEveryKind()
    {
        var file = new SourceFile("A.cs", "class A; record B(int X); readonly record struct C; interface D; enum E; ref struct F; class G<T> where T : class;");
        Assert.Equal(["A", "B", "C", "D", "E", "F", "G"], file.DeclaredTypes.Order(StringComparer.Ordinal));
    }

    private static void AssertOrdered(LayerOrder order, string project) => Assert.Empty(order.FindViolations(SourceFile.ReadProject(project)));
}
