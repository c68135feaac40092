using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>
/// Everything in which one chain differs from another: the genesis block, the network's magic, and every number in the
/// rules. Read from <c>genesis.json</c> by <see cref="GenesisFile"/>; the two profiles are in <see cref="Profiles"/>.
/// </summary>
public sealed record ChainParams
{
    /// <summary>A height that no block reaches: a rule that is never active.</summary>
    public const int Never = int.MaxValue;

    /// <summary>The profile that the numbers began from: <c>private</c> or <c>regtest</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>The first four bytes of every message, as the little-endian number that they form.</summary>
    public required uint Magic { get; init; }

    /// <summary>The P2P port where neither NODE_ID nor a flag names one.</summary>
    public required int DefaultPort { get; init; }

    /// <summary>The version byte of P2PKH addresses; 0 makes them begin with 1.</summary>
    public required byte AddressVersion { get; init; }

    /// <summary>The version byte of P2SH addresses; 5 makes them begin with 3.</summary>
    public required byte ScriptAddressVersion { get; init; }

    /// <summary>The prefix of bech32 addresses, for people, in lower case.</summary>
    public required string Bech32Hrp { get; init; }

    /// <summary>The version byte of private keys in wallet import format.</summary>
    public required byte WifVersion { get; init; }

    /// <summary>What a block pays its miner at first, before fees.</summary>
    public required Amount Subsidy { get; init; }

    /// <summary>After how many blocks the subsidy is halved; 0 for never.</summary>
    public required int HalvingInterval { get; init; }

    /// <summary>How many blocks above its own a coinbase may first be spent in; 1 is the next block.</summary>
    public required int CoinbaseMaturity { get; init; }

    /// <summary>Whether the genesis block's coinbase is a coin like others. In Bitcoin it is not.</summary>
    public required bool GenesisSpendable { get; init; }

    /// <summary>The time between blocks that retargeting aims at, in seconds.</summary>
    public required int TargetSpacing { get; init; }

    /// <summary>After how many blocks the target is set anew.</summary>
    public required int RetargetInterval { get; init; }

    /// <summary>Whether the target is set anew at all.</summary>
    public required bool Retargeting { get; init; }

    /// <summary>Whether a block that comes twice the spacing after its parent may have the easiest target (test networks).</summary>
    public required bool AllowMinDifficultyBlocks { get; init; }

    /// <summary>The easiest target.</summary>
    public required Target PowLimit { get; init; }

    /// <summary>The most weight units in a block.</summary>
    public required int MaxBlockWeight { get; init; }

    /// <summary>The most signature operations in a block, each legacy one counted four times.</summary>
    public required int MaxBlockSigOpsCost { get; init; }

    /// <summary>How far ahead of the clock a block's time may be, in seconds.</summary>
    public required int MaxFutureBlockTime { get; init; }

    /// <summary>The height from which a coinbase begins with its height (BIP34).</summary>
    public required int Bip34Height { get; init; }

    /// <summary>The height from which scripts may wait for a lock time, and block version 4 is required (BIP65).</summary>
    public required int Bip65Height { get; init; }

    /// <summary>The height from which signatures are strict DER and block version 3 is required (BIP66).</summary>
    public required int Bip66Height { get; init; }

    /// <summary>The height from which lock times are measured by median time past, and may be relative (BIP68, 112, 113).</summary>
    public required int CsvHeight { get; init; }

    /// <summary>The height from which witnesses are committed to and checked (BIP141, 143, 147).</summary>
    public required int SegwitHeight { get; init; }

    /// <summary>The height from which taproot outputs are checked (BIP341, 342).</summary>
    public required int TaprootHeight { get; init; }

    /// <summary>Policy, not consensus: the least fee rate that the mempool takes, in satoshis per 1,000 vbytes.</summary>
    public required long MinRelayFeeRate { get; init; }

    /// <summary>The first block.</summary>
    public required Block Genesis { get; init; }

    /// <summary>How this chain writes addresses.</summary>
    public AddressFormat AddressFormat => new(AddressVersion, ScriptAddressVersion, Bech32Hrp);

    /// <summary>
    /// The magic of a private chain: the first four bytes of its genesis hash, so that two chains never mix.
    /// </summary>
    public static uint DeriveMagic(BlockHash genesisHash) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(genesisHash.Hash.ToByteArray());
}
