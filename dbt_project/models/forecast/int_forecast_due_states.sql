-- How the days left to an expected close date are told apart: states of a week each, and the
-- coarser classes whose hazards differ. No date is state and class 0.
with final as (
    select due_states.*
    from (
        values
        (1, 1, -36500, -31),
        (2, 2, -30, -1),
        (3, 3, 0, 6),
        (4, 4, 7, 13),
        (5, 5, 14, 20),
        (6, 5, 21, 27),
        (7, 6, 28, 34),
        (8, 6, 35, 41),
        (9, 6, 42, 48),
        (10, 6, 49, 55),
        (11, 7, 56, 62),
        (12, 7, 63, 69),
        (13, 7, 70, 76),
        (14, 7, 77, 83),
        (15, 7, 84, 90),
        (16, 8, 91, 36500)
    ) as due_states (due_state, due_class, nearest_days, furthest_days)
)

select * from final
