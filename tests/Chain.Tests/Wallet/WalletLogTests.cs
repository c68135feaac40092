using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Wallet;

/// <summary>The note of what a wallet had when it was closed: the last record of its history, or none.</summary>
public sealed class WalletLogTests : IDisposable
{
    private static readonly BlockHash Genesis = TestChains.Private.Genesis.Hash;

    private readonly DataFolder _folder = new();
    private readonly Hash256 _wallet;

    public WalletLogTests()
    {
        byte[] wallet = [1, 2, 3];
        _wallet = Sha256d.Hash(wallet);
        File.WriteAllBytes(Wallet, [.. wallet, .. _wallet.ToByteArray()]);
    }

    private string Wallet => _folder.PathOf("wallet");

    private string History => _folder.PathOf("wallet.history");

    private BalanceNote? Found => BalanceNote.Find(Wallet, History, Genesis);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WriteBalance_CountsUntilTheNextRecord_WhichTakesItsPlace()
    {
        long before;
        using (var log = Open())
        {
            log.WriteBestBlock(Genesis, 0, 7);
            before = log.End;
            log.WriteBalance(Note(5));
            log.WriteBalance(Note(5));
            Assert.Equal(before, log.End);
        }

        Assert.Equal(Note(5), Found);
        Assert.Null(BalanceNote.Find(Wallet, History, new BlockHash(_wallet)));
        Assert.Equal(before + BalanceNote.RecordSize, new FileInfo(History).Length);
        using (var log = Open())
        {
            log.WriteBalance(Note(6));
            Assert.Equal(before + BalanceNote.RecordSize, new FileInfo(History).Length);
            log.WriteBestBlock(Genesis, 1, 8);
        }

        Assert.Null(Found);
        using (var log = Open()) Assert.Equal(((Genesis, 1), 8ul, 2), (log.BestBlock, log.Owned, log.RecordCount));
    }

    /// <summary>Cut where it stood before a record that failed: what was written since, the note too, is gone.</summary>
    [Fact]
    public void CutTo_BehindTheNote_TakesItAwayToo()
    {
        using (var log = Open())
        {
            log.WriteBestBlock(Genesis, 0, 7);
            log.WriteBalance(Note(5));
            var end = log.End;
            log.Write(new WalletTransaction(TestChains.Private.Genesis.Transactions[0], 1));
            log.CutTo(end);
            log.WriteBestBlock(Genesis, 1, 8);
        }

        using var again = Open();
        Assert.Empty(again.Transactions);
        Assert.Equal(((Genesis, 1), 2), (again.BestBlock, again.RecordCount));
    }

    /// <summary>What the disk did not take is in memory alone: a note of what is in memory would say more than the next start knows.</summary>
    [LinuxFact]
    public void WriteBalance_AfterARecordThatTheDiskDidNotTake_WritesNone()
    {
        using (var log = Open())
        {
            log.WriteBestBlock(Genesis, 0, 7);
            using (FullDisk.Under(History)) Assert.Throws<IOException>(() => log.WriteBestBlock(Genesis, 1, 7));
            log.WriteBalance(Note(5));
        }

        Assert.Null(Found);
        using (var log = Open()) log.WriteBalance(Note(5));
        Assert.Equal(Note(5), Found);
    }

    /// <summary>It can be had again, and nothing fails for it.</summary>
    [LinuxFact]
    public void WriteBalance_WhereTheDiskIsFull_IsLeftOut()
    {
        using (var log = Open())
        {
            log.WriteBestBlock(Genesis, 0, 7);
            using (FullDisk.Under(History)) log.WriteBalance(Note(5));
        }

        Assert.Null(Found);
    }

    [Fact]
    public void Find_OfALink_IsLeftToTheLongWay()
    {
        using (var log = Open()) log.WriteBalance(Note(5));
        File.Move(Wallet, _folder.PathOf("elsewhere"));
        File.CreateSymbolicLink(Wallet, _folder.PathOf("elsewhere"));
        Assert.Null(Found);
    }

    private BalanceNote Note(long confirmed) => new(Genesis, _wallet, confirmed, 0);

    private WalletLog Open() => WalletLog.Open(History, Genesis);
}
