using System.Collections.Immutable;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Consensus;

/// <summary>The two sets of parameters that ship: a private chain with the course's rules, and Bitcoin's regtest.</summary>
public static class Profiles
{
    /// <summary>The name of the private profile.</summary>
    public const string Private = "private";

    /// <summary>The name of Bitcoin's regression test network.</summary>
    public const string RegtestName = "regtest";

    private const string GenesisMessage = "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";

    private const string GenesisPublicKey =
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f";

    /// <summary>Bitcoin's regtest exactly: genesis, magic, port, and every rule.</summary>
    public static ChainParams Regtest { get; } = new()
    {
        Profile = RegtestName,
        Magic = 0xdab5bffa,
        DefaultPort = 18444,
        AddressVersion = 111,
        ScriptAddressVersion = 196,
        Bech32Hrp = "bcrt",
        WifVersion = 239,
        Subsidy = Amount.FromSatoshis(50 * Amount.Coin),
        HalvingInterval = 150,
        CoinbaseMaturity = 100,
        GenesisSpendable = false,
        TargetSpacing = 600,
        RetargetInterval = 2016,
        Retargeting = false,
        AllowMinDifficultyBlocks = true,
        PowLimit = Target.FromCompact(0x207fffff),
        MaxBlockWeight = 4_000_000,
        MaxBlockSigOpsCost = 80_000,
        MaxFutureBlockTime = 7_200,
        Bip34Height = 1,
        Bip65Height = 1,
        Bip66Height = 1,
        CsvHeight = 1,
        SegwitHeight = 0,
        TaprootHeight = 0,
        MinRelayFeeRate = 1_000,
        Genesis = BitcoinGenesis(time: 1296688602, bits: 0x207fffff, nonce: 2),
    };

    /// <summary>
    /// A private chain that begins with <paramref name="genesis"/>: 10 coins a block for ever, spendable in the next block,
    /// the genesis reward too, one target (some 65,000 hashes), no least fee, and a magic of its own.
    /// </summary>
    public static ChainParams PrivateChain(Block genesis) => Regtest with
    {
        Profile = Private,
        Magic = ChainParams.DeriveMagic(genesis.Hash),
        DefaultPort = 3000,
        AddressVersion = PrivateAddressFormat.PublicKeyHashVersion,
        ScriptAddressVersion = PrivateAddressFormat.ScriptHashVersion,
        Bech32Hrp = PrivateAddressFormat.Bech32Prefix,
        WifVersion = 128,
        Subsidy = Amount.FromSatoshis(10 * Amount.Coin),
        HalvingInterval = 0,
        CoinbaseMaturity = 1,
        GenesisSpendable = true,
        TargetSpacing = 10,
        AllowMinDifficultyBlocks = false,
        PowLimit = Target.FromCompact(PrivatePowLimit),
        MinRelayFeeRate = 0,
        Genesis = genesis,
    };

    /// <summary>How private chains write addresses: they begin with 1, 3 or chain1.</summary>
    public static AddressFormat PrivateAddressFormat { get; } = new(PublicKeyHashVersion: 0, ScriptHashVersion: 5, Bech32Prefix: "chain");

    /// <summary>The compact target of new private chains: sixteen zero bits.</summary>
    public const uint PrivatePowLimit = 0x1f00ffff;

    /// <summary>
    /// The genesis block of Bitcoin's networks, which differ only in time, bits and nonce: one coinbase with a newspaper's
    /// headline that pays 50 coins to a key.
    /// </summary>
    public static Block BitcoinGenesis(uint time, uint bits, uint nonce)
    {
        byte[] scriptSig =
        [
            .. ScriptEditing.Push([0xff, 0xff, 0x00, 0x1d]), .. ScriptEditing.Push([0x04]),
            .. ScriptEditing.Push(System.Text.Encoding.ASCII.GetBytes(GenesisMessage)),
        ];
        byte[] scriptPubKey = [.. ScriptEditing.Push(Convert.FromHexString(GenesisPublicKey)), (byte)Opcode.CheckSig];
        return GenesisBlock(scriptSig, new TxOut(50 * Amount.Coin, scriptPubKey), time, bits, nonce);
    }

    /// <summary>A genesis block with one coinbase of version 1; its proof of work is for the caller to find.</summary>
    public static Block GenesisBlock(ReadOnlyMemory<byte> scriptSig, TxOut reward, uint time, uint bits, uint nonce)
    {
        var coinbase = new Transaction(1, [new TxIn(OutPoint.Null, scriptSig)], [reward], lockTime: 0);
        ImmutableArray<Transaction> transactions = [coinbase];
        var header = new BlockHeader(1, BlockHash.Zero, Block.ComputeMerkleRoot(transactions, out _), time, bits, nonce);
        return new Block(header, transactions);
    }
}
