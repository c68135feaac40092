using System.Globalization;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node;

/// <summary>
/// The published full-block cases as <c>block</c> messages to a running node, whose clock is fixed with <c>--mocktime</c>:
/// what it made of each is read from its tip and its log.
/// </summary>
public class FullBlockSocketTests
{
    private static readonly byte[] Magic = [0xfa, 0xbf, 0xb5, 0xda];

    private readonly ITestOutputHelper _output;

    public FullBlockSocketTests(ITestOutputHelper output) => _output = output;

    [VectorFact(FullBlockCase.File)]
    public async Task BlockMessages_PublishedCases_AnsweredAsTheyAsk()
    {
        var (cases, now) = FullBlockCase.Read();
        using var folder = new DataFolder();
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root)
        {
            More = ["--profile", "regtest", "--mocktime", now.ToString(CultureInfo.InvariantCulture)],
        });
        var run = new CaseRun(node);
        try
        {
            foreach (var item in cases) await run.RunAsync(item);
        }
        finally
        {
            run.Dispose();
        }

        _output.WriteLine($"{run.Done} cases");
        Assert.True(run.Wrong.Count == 0, string.Join('\n', run.Wrong));
        Assert.Equal(FullBlockCase.Count, cases.Count);
        Assert.Equal(FullBlockCase.Count - run.Unseen, run.Done);

        // What is there in the middle of a reorganisation no peer can see; FullBlockTests looks at it.
        Assert.Equal(3, run.Unseen);
    }

    private sealed class CaseRun(NodeProcess node) : IDisposable
    {
        private RawPeer? _peer;

        public List<string> Wrong { get; } = [];

        public int Done { get; private set; }

        public int Unseen { get; private set; }

        public async Task RunAsync(FullBlockCase item)
        {
            switch (item.Kind)
            {
                case FullBlockKind.Accept:
                    await ExpectLineAsync(item, [$"{item.Hash} "], Wording(item));
                    if (!item.IsOrphan) Expect(item, await node.TipAsync() == item.Hash == item.IsOnMainChain);
                    break;
                case FullBlockKind.Reject:
                    await ExpectLineAsync(item, ["refused: "], [.. item.Reasons.Select(reason => $"refused: {reason}")]);
                    break;
                case FullBlockKind.RejectNoncanonical:
                    await ExpectLineAsync(item, ["disconnected: "], "not in its shortest form");
                    Expect(item, await node.TipAsync() != item.Hash);
                    break;
                case FullBlockKind.OrphanOrReject:
                    await ExpectLineAsync(item, [$"{item.Hash} "], "waits for its parent", "refused: ");
                    break;
                case FullBlockKind.Tip:
                    Expect(item, await node.TipAsync() == item.Hash);
                    break;
                default:
                    Unseen++;
                    return;
            }

            Done++;
        }

        public void Dispose() => _peer?.Dispose();

        private static string Wording(FullBlockCase item) =>
            item.IsOrphan ? "waits for its parent" : item.IsOnMainChain ? "on the chain" : "on the branch";

        /// <summary>
        /// Sends the block and waits for the first line of the log with one of these beginnings, which must hold one of the
        /// texts that are expected.
        /// </summary>
        private async Task ExpectLineAsync(FullBlockCase item, string[] about, params string[] expected)
        {
            var from = node.Log.Count;
            _peer ??= await RawPeer.ConnectAndGreetAsync(node.Port, Magic);
            await _peer.SendAsync("block", item.Raw);
            var answered = await _peer.TryPingAsync();
            if (!answered)
            {
                _peer.Dispose();
                _peer = null;
                await node.WaitForLineAsync("disconnected: ", from);
            }

            await Eventually.TrueAsync(() => Lines().Length > 0, () => $"a word about {item.Name}\n{node.Log.Tail()}");
            if (!Lines().Any(line => expected.Any(text => line.Contains(text, StringComparison.Ordinal)))) Wrong.Add($"{item.Name}: {string.Join(" | ", Lines())}");

            string[] Lines() => [.. node.Log.From(from).Where(line => about.Any(text => line.Contains(text, StringComparison.Ordinal)))];
        }

        private void Expect(FullBlockCase item, bool isMet)
        {
            if (!isMet) Wrong.Add($"{item.Name}: the tip is not as it should be");
        }
    }
}
