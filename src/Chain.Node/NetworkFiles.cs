using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Chain.Network;
using Chain.Network.Messages;
using Chain.Node.Wallet;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>
/// What the network side of a node leaves for its next run, beside the database: the bans (<c>banlist_ID.json</c>, in Core's
/// form) and the addresses that others told of (<c>peers_ID.json</c>). A file that cannot be read is begun anew, and one that
/// cannot be written stops nothing.
/// </summary>
public sealed class NetworkFiles
{
    /// <summary>A file that is longer was not written here.</summary>
    private const long MaxFileSize = 16_000_000;

    private const int BanVersion = 1;

    private readonly PeerSet _peers;
    private readonly ILogger _log;
    private readonly Lock _writing = new();
    private long _savedVersion;

    /// <summary>Names the files of a node.</summary>
    public NetworkFiles(NodeSettings settings, PeerSet peers, ILogger log)
    {
        _peers = peers;
        _log = log;
        BanListPath = BanListPathOf(settings);
        PeersPath = PeersPathOf(settings);
    }

    /// <summary>Where a node keeps its bans.</summary>
    public static string BanListPathOf(NodeSettings settings) => Path.Combine(settings.DataDirectory, $"banlist_{settings.NodeId}.json");

    /// <summary>Where a node keeps the addresses that others told of.</summary>
    public static string PeersPathOf(NodeSettings settings) => Path.Combine(settings.DataDirectory, $"peers_{settings.NodeId}.json");

    /// <summary>The bans.</summary>
    public string BanListPath { get; }

    /// <summary>The addresses.</summary>
    public string PeersPath { get; }

    /// <summary>Reads both files, and keeps the bans saved from now on.</summary>
    public void Load()
    {
        if (Read(BanListPath, NetworkJson.Default.StoredBanList) is { } bans) Take(BanListPath, () => _peers.Bans.Load([.. bans.BannedNets.Select(ToBan)]));
        if (Read(PeersPath, NetworkJson.Default.StoredPeers) is { } peers) Take(PeersPath, () => _peers.Addresses.Load([.. peers.Addresses.Select(ToAddress)]));
        _savedVersion = _peers.Addresses.Version;
        _peers.Bans.Changed += SaveBans;
    }

    /// <summary>Writes the addresses, where there is anything new.</summary>
    public void SaveAddresses()
    {
        var version = _peers.Addresses.Version;
        if (version == _savedVersion) return;
        var stored = new StoredPeers(BanVersion, [.. _peers.Addresses.All.Select(known => new StoredPeer(
            known.Address.Address.Address.ToString(), known.Address.Address.Port, (ulong)known.Address.Address.Services, known.Address.Time,
            known.Source.ToString(), known.Failures))]);
        if (Write(PeersPath, JsonSerializer.SerializeToUtf8Bytes(stored, NetworkJson.Default.StoredPeers))) _savedVersion = version;
    }

    private void SaveBans()
    {
        lock (_writing)
        {
            // Read under the lock, so that what is written last is what holds.
            var stored = new StoredBanList([.. _peers.Bans.All.Select(ban => new StoredBan(BanVersion, ban.Created, ban.Until, ban.Subnet.ToString()))]);
            Write(BanListPath, JsonSerializer.SerializeToUtf8Bytes(stored, NetworkJson.Default.StoredBanList));
        }
    }

    private static BannedNet ToBan(StoredBan? stored) =>
        stored is { Version: BanVersion } && IPSubnet.TryParse(stored.Address, out var subnet)
            ? new BannedNet(subnet, stored.BanCreated, stored.BannedUntil)
            : throw new FormatException("a ban has another form");

    private static KnownAddress ToAddress(StoredPeer? stored) =>
        stored is not null && IPAddress.TryParse(stored.Address, out var address) && IPAddress.TryParse(stored.Source, out var source)
            ? new KnownAddress(new TimestampedAddress(stored.Time, new NetworkAddress((ServiceFlags)stored.Services, address, stored.Port)), source, stored.Failures)
            : throw new FormatException("an address has another form");

    private T? Read<T>(string path, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            if (!File.Exists(path)) return null;
            if (new FileInfo(path).Length > MaxFileSize) throw new FormatException($"it is longer than {MaxFileSize} bytes");
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new FormatException("it is empty");
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            _log.FileDamaged(path, e.Message);
            return null;
        }
    }

    /// <summary>Takes over all that a file holds, or nothing.</summary>
    private void Take(string path, Action take)
    {
        try
        {
            take();
        }
        catch (FormatException e)
        {
            _log.FileDamaged(path, e.Message);
        }
    }

    private bool Write(string path, byte[] bytes)
    {
        try
        {
            AtomicFile.Write(path, bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.FileNotWritten(path, e.Message);
            return false;
        }
    }
}

internal sealed record StoredBan(int Version, long BanCreated, long BannedUntil, string Address);

internal sealed record StoredBanList(IReadOnlyList<StoredBan> BannedNets);

internal sealed record StoredPeer(string Address, ushort Port, ulong Services, uint Time, string Source, int Failures);

internal sealed record StoredPeers(int Version, IReadOnlyList<StoredPeer> Addresses);

/// <summary>The names in the files, as Core writes them: <c>banned_until</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredBanList))]
[JsonSerializable(typeof(StoredPeers))]
internal sealed partial class NetworkJson : JsonSerializerContext;
