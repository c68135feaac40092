using Chain.Benchmarks.Workloads;

namespace Chain.Benchmarks.Harness;

/// <summary>What measures share: how often to run, folders that vanish, and workloads that are dear to make.</summary>
public sealed class MeasureContext : IDisposable
{
    private readonly Lazy<SpendChain> _chain = new(() => SpendChain.Create(blocks: 200, spendsPerBlock: 500));
    private readonly Lazy<CoinDatabase> _coins;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chain-bench-");
    private int _folders;

    /// <summary>Creates a context.</summary>
    public MeasureContext(int runs, TextWriter progress)
    {
        Runs = runs;
        Progress = progress;
        _coins = new Lazy<CoinDatabase>(() => CoinDatabase.Create(NewFolder()));
    }

    /// <summary>How often each figure is taken.</summary>
    public int Runs { get; }

    /// <summary>Where it is told what happens.</summary>
    public TextWriter Progress { get; }

    /// <summary>100,000 P2PKH spends: 200 blocks of 500, one input and two outputs each.</summary>
    public SpendChain Chain => _chain.Value;

    /// <summary>A database of a million coins.</summary>
    public CoinDatabase Coins => _coins.Value;

    /// <summary>An empty folder that vanishes in the end.</summary>
    public string NewFolder() => _folder.CreateSubdirectory($"{++_folders}").FullName;

    /// <summary>Removes a folder as soon as nobody needs it: copies of a large database would fill the disk.</summary>
    public static void Drop(string folder) => Directory.Delete(folder, recursive: true);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
